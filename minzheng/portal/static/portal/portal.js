/* What a page does beyond its links and forms; every page works without it. */
(function(){
"use strict";
var d=document;
d.addEventListener("keydown",function(e){
  var t=e.target,typing=/^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName);
  if(e.key==="/"&&!typing&&!e.ctrlKey&&!e.metaKey){var s=d.querySelector("[data-search]");if(s){e.preventDefault();s.focus();}}
  if((e.key==="ArrowDown"||e.key==="ArrowUp")&&!typing){
    var links=[].slice.call(d.querySelectorAll("tbody th a,tbody .act a")),at=links.indexOf(d.activeElement);
    if(at>=0){e.preventDefault();var to=links[at+(e.key==="ArrowDown"?1:-1)];if(to)to.focus();}
  }
});
d.addEventListener("click",function(e){
  var b=e.target.closest&&e.target.closest("[data-print]");
  if(b)window.print();
});
d.addEventListener("submit",function(e){
  var b=e.submitter;
  if(b)setTimeout(function(){b.disabled=true;setTimeout(function(){b.disabled=false;},8000);},0);
});
var bad=d.querySelector("[data-focus]");
if(bad)bad.focus();
})();
