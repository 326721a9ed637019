/* Without a network the pages of visits show the shell; with one, everything comes from the server. Nothing with
a person in it is ever kept here. */
var SHELL="{{ shell }}",KEPT="visits-{{ version }}",ALONG=[{% for each in along %}"{{ each }}"{% if not forloop.last %},{% endif %}{% endfor %}];
self.addEventListener("install",function(e){
  e.waitUntil(caches.open(KEPT).then(function(c){return c.addAll([SHELL].concat(ALONG));}).then(function(){return self.skipWaiting();}));
});
self.addEventListener("activate",function(e){
  e.waitUntil(caches.keys().then(function(all){
    return Promise.all(all.filter(function(n){return n.indexOf("visits-")===0&&n!==KEPT;}).map(function(n){return caches.delete(n);}));
  }).then(function(){return self.clients.claim();}));
});
self.addEventListener("fetch",function(e){
  var at=new URL(e.request.url).pathname;
  if(e.request.method!=="GET")return;
  if(e.request.mode==="navigate"){
    e.respondWith(fetch(e.request).catch(function(){return caches.match(SHELL);}));
  }else if(ALONG.indexOf(at)>=0){
    e.respondWith(fetch(e.request).catch(function(){return caches.match(e.request,{ignoreSearch:true});}));
  }
});
