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
/* Signing out forgets whom one was to visit (assistance/visits.js); what was not sent stays, encrypted. */
d.addEventListener("submit",function(e){
  var f=e.target,opening,gone=false;
  function go(){if(!gone){gone=true;f.submit();}}
  if(!f.matches("form.out")||!window.indexedDB)return;
  e.preventDefault();
  setTimeout(go,1000);
  opening=indexedDB.open("minzheng-visits");
  opening.onerror=go;
  opening.onsuccess=function(){
    var b=opening.result,t;
    if(!b.objectStoreNames.contains("list")){b.close();return go();}
    t=b.transaction("list","readwrite");
    t.objectStore("list").clear();
    t.oncomplete=t.onabort=function(){b.close();go();};
  };
});
var idle=+d.body.getAttribute("data-idle"),last=Date.now(),told=null;
function seen(){last=Date.now();if(told){told.remove();told=null;}}
function warn(){
  var b=d.createElement("button");
  told=d.createElement("div");
  told.className="msg warn";told.setAttribute("role","alert");
  told.textContent="再过 2 分钟没有办理，系统会自动退出；正在填写的内容请先保存。 ";
  b.className="btn small";b.textContent="继续办理";
  b.addEventListener("click",function(){fetch("/me/",{credentials:"same-origin"}).then(seen);});
  told.appendChild(b);d.getElementById("main").prepend(told);
}
if(idle){
  d.addEventListener("htmx:afterRequest",seen);
  setInterval(function(){if(!told&&Date.now()-last>(idle-120)*1000)warn();},5000);
}
var bad=d.querySelector("[data-focus]");
if(bad)bad.focus();
})();
