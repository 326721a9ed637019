/* Home visits without a network: the list, what is being typed and what waits to be sent are kept in this browser,
encrypted with a key that cannot be taken out. A visit leaves only when the server has answered with its own page.
Works beside the plain form; where the browser's store fails, the plain form is sent. */
(function(){
"use strict";
var d=document,own=d.currentScript,ROOT=own.getAttribute("data-root"),PAPERS=own.getAttribute("data-papers"),
  told=d.querySelector("[data-queue]"),list=d.querySelector("[data-visits]"),form=d.querySelector("[data-visit]"),
  shell=d.querySelector("[data-shell]"),user=told&&told.getAttribute("data-user"),sending=false,
  code=new TextEncoder(),read=new TextDecoder(),DAY=864e5,
  SIGN_IN="请先登录，登录后再发送",OFF="没有网络，有网络时自动发送";
if(!window.indexedDB||!window.crypto||!crypto.subtle)return;
function asked(request){return new Promise(function(yes,no){request.onsuccess=function(){yes(request.result);};request.onerror=function(){no(request.error);};});}
function store(){
  var opening=indexedDB.open("minzheng-visits",2);
  opening.onupgradeneeded=function(){
    var b=opening.result;
    ["key","list","queue","draft"].forEach(function(name){if(!b.objectStoreNames.contains(name))b.createObjectStore(name);});
  };
  return asked(opening);
}
async function within(name,mode,act){
  var b=await store(),t,result;
  try{
    t=b.transaction(name,mode);
    result=await asked(act(t.objectStore(name)));
    if(mode==="readwrite")await new Promise(function(yes,no){t.oncomplete=yes;t.onabort=t.onerror=function(){no(t.error);};});
    return result;
  }finally{b.close();}
}
function get(name,id){return within(name,"readonly",function(s){return s.get(id);});}
function put(name,id,value){return within(name,"readwrite",function(s){return s.put(value,id);});}
function drop(name,id){return within(name,"readwrite",function(s){return s.delete(id);});}
function ids(name){return within(name,"readonly",function(s){return s.getAllKeys();});}
async function key(){
  var known=await get("key","own");
  if(known)return known;
  known=await crypto.subtle.generateKey({name:"AES-GCM",length:256},false,["encrypt","decrypt"]);
  await within("key","readwrite",function(s){return s.add(known,"own");}).catch(function(){});
  return get("key","own");
}
async function locked(bytes){
  var iv=crypto.getRandomValues(new Uint8Array(12));
  return {iv:iv,text:await crypto.subtle.encrypt({name:"AES-GCM",iv:iv},await key(),bytes)};
}
async function unlocked(kept){return crypto.subtle.decrypt({name:"AES-GCM",iv:kept.iv},await key(),kept.text);}
async function sealed(value){return locked(code.encode(JSON.stringify(value)));}
async function opened(kept){return JSON.parse(read.decode(await unlocked(kept)));}
/* The queue: {case,title,user,at,fields,tried,sent,why} and the photos beside it. `tried`: handed to the network,
and no answer yet, so that it may have arrived; only the same words may be sent again. */
async function queue(){
  var found=[],all=await ids("queue"),i,kept,item;
  for(i=0;i<all.length;i++){
    kept=await get("queue",all[i]);
    if(!kept)continue;
    item=await opened(kept);item.id=all[i];item.photos=kept.photos||[];
    found.push(item);
  }
  return found.sort(function(a,b){return a.at-b.at;});
}
async function keep(item){
  var kept=await sealed({case:item.case,title:item.title,user:item.user,at:item.at,fields:item.fields,tried:item.tried,sent:item.sent,why:item.why});
  kept.photos=item.photos;
  await put("queue",item.id,kept);
}
async function waits(item,why){item.why=why;await keep(item);return false;}
function part(tag,words,name){var e=d.createElement(tag);if(words)e.textContent=words;if(name)e.className=name;return e;}
function button(words,act){var b=part("button",words,"btn small");b.type="button";b.addEventListener("click",act);return b;}
async function show(){
  if(!told)return;
  var waiting=await queue(),mine=waiting.filter(function(item){return !user||item.user===user;}),rows=part("ul","","plain"),last=part("p","","after acts");
  told.textContent="";
  told.hidden=!waiting.length;
  if(!waiting.length)return;
  told.appendChild(part("h2","待发送 "+mine.length+" 件"));
  mine.forEach(function(item){
    var row=part("li",item.title+" "+item.fields.visited_on+"："+(item.why||"等待发送"),"acts");
    if(!item.sent&&!item.tried)row.appendChild(button("打开修改",function(){change(item);}));
    if(item.why&&item.why!==OFF&&item.why!==SIGN_IN)row.appendChild(button(item.sent?"不再发送照片":"放弃这件",function(){give(item);}));
    rows.appendChild(row);
  });
  told.appendChild(rows);
  if(mine.length<waiting.length)told.appendChild(part("p","另一账号还有 "+(waiting.length-mine.length)+" 件，登录那个账号后发送。"));
  last.appendChild(button("现在发送",send));
  told.appendChild(last);
}
/* Back into the form: a draft again, no longer in the queue. */
async function change(item){
  await put("draft",""+item.case,await sealed({user:item.user,fields:item.fields}));
  await drop("queue",item.id);
  if(shell){shell.elements.case.value=item.case;await restore(shell,item.case);await show();}
  else location.assign(ROOT+item.case+"/");
}
async function give(item){
  var what=item.title+" "+item.fields.visited_on+(item.sent?" 没有发完的照片":" 的入户记录");
  if(!window.confirm("放弃"+what+"？放弃后不能找回。"))return;
  await drop("queue",item.id);
  await show();
}
async function each(){
  var waiting=await queue(),i;
  for(i=0;i<waiting.length;i++)if(!user||waiting[i].user===user)await one(waiting[i]);
}
/* One at a time, in all windows of this browser. */
async function send(){
  if(sending)return;
  sending=true;
  try{
    if(navigator.locks)await navigator.locks.request("minzheng-visits",each);else await each();
  }finally{sending=false;await show();}
}
/* A fresh token from its page, the form, then the photos; gone only when the server has answered with that page. */
async function one(item){
  var at=ROOT+item.case+"/",page,text,whose,token,body,sent,why,i;
  if(!await get("queue",item.id))return true;
  try{
    page=await fetch(at,{credentials:"same-origin",cache:"no-store"});
    if(page.redirected)return waits(item,SIGN_IN);
    text=new DOMParser().parseFromString(await page.text(),"text/html");
    whose=text.querySelector("[data-user]");token=text.querySelector("[name=csrfmiddlewaretoken]");
    if(!page.ok||!token||!whose)return waits(item,"这一户现在打不开（"+page.status+"），内容还在手机里，请联系乡镇");
    if(whose.getAttribute("data-user")!==item.user)return waits(item,"请换回登记时的账号发送");
    if(!item.sent){
      body=new URLSearchParams();
      Object.keys(item.fields).forEach(function(name){body.append(name,item.fields[name]);});
      body.append("key",item.id);
      item.tried=true;await keep(item);
      sent=await fetch(at,{method:"POST",credentials:"same-origin",headers:{"X-CSRFToken":token.value},body:body});
      item.tried=!(sent.ok||sent.status<500);
      if(sent.redirected&&new URL(sent.url).pathname!==at)return waits(item,SIGN_IN);
      if(!sent.ok||!sent.redirected){
        why=new DOMParser().parseFromString(await sent.text(),"text/html").querySelector(".msg.bad p");
        return waits(item,why?why.textContent:"没有收下（"+sent.status+"），请稍后再发送");
      }
      item.sent=true;await keep(item);
    }
    for(i=item.photos.length;i>0;i--){
      body=new FormData();
      body.append("about","case");body.append("of",item.case);body.append("kind","visit_photo");body.append("back",at);
      body.append("file",new File([await unlocked(item.photos[i-1])],"入户照片"+i+".jpg",{type:"image/jpeg"}));
      sent=await fetch(PAPERS,{method:"POST",credentials:"same-origin",headers:{"X-CSRFToken":token.value},body:body});
      if(!sent.ok||new URL(sent.url).pathname!==at)return waits(item,"调查内容已收到，还有 "+i+" 张照片没有发完");
      item.photos.pop();await keep(item);
    }
  }catch(e){return waits(item,OFF);}
  await drop("queue",item.id);
  return true;
}
function fields(from){
  var said={};
  new FormData(from).forEach(function(value,name){
    if(typeof value==="string"&&["csrfmiddlewaretoken","key","case"].indexOf(name)<0)said[name]=value;
  });
  return said;
}
async function photos(from){
  var chosen=[].slice.call((from.querySelector("[data-photos]")||{files:[]}).files),kept=[],i;
  for(i=0;i<chosen.length;i++)kept.push(await locked(await chosen[i].arrayBuffer()));
  return kept;
}
function newId(){
  var b=crypto.getRandomValues(new Uint8Array(16)),h;
  b[6]=b[6]&15|64;b[8]=b[8]&63|128;
  h=[].map.call(b,function(x){return (x+256).toString(16).slice(1);}).join("");
  return [h.slice(0,8),h.slice(8,12),h.slice(12,16),h.slice(16,20),h.slice(20)].join("-");
}
/* What is being typed is a draft of its household until it is saved. */
function drafting(from,which,whose){
  var soon=null;
  from.addEventListener("input",function(){
    clearTimeout(soon);
    soon=setTimeout(async function(){await put("draft",which(),await sealed({user:whose,fields:fields(from)}));},300);
  });
  return function(){clearTimeout(soon);};
}
async function restore(from,which,whose){
  var kept=await get("draft",""+which),known;
  if(!kept)return;
  known=await opened(kept);
  if(whose&&known.user!==whose)return;
  Object.keys(known.fields).forEach(function(name){if(from.elements[name])from.elements[name].value=known.fields[name];});
}
async function filed(from,which,title,whose,id){
  await keep({id:id,case:which,title:title,user:whose,at:Date.now(),fields:fields(from),photos:await photos(from),sent:false});
  await drop("draft",""+which);
}
function withForm(){
  var which=+form.getAttribute("action").split("/").slice(-2)[0],stop=drafting(form,function(){return ""+which;},user);
  restore(form,which,user);
  form.addEventListener("submit",async function(e){
    var id=form.elements.key.value;
    e.preventDefault();stop();
    try{await filed(form,which,d.querySelector("h1").textContent.replace("入户调查","").trim(),user,id);}
    catch(error){form.submit();return;}
    await send();
    if(!await get("queue",id))location.assign(ROOT+which+"/");
    else told.scrollIntoView();
  });
}
/* The names on the list (masked already) for the shell, for a day; gone when one signs out (portal.js). */
async function remember(){
  var rows=[].map.call(d.querySelectorAll("tr[data-case]"),function(row){
    return {case:+row.getAttribute("data-case"),title:row.querySelector("th").textContent.trim(),place:row.querySelector("[data-place]").textContent.trim()};
  });
  await put("list","own",await sealed({user:user,at:Date.now(),rows:rows}));
}
async function offer(){
  var kept=await get("list","own"),known=kept&&await opened(kept),choice=shell.elements.case,stop;
  if(!known||!known.rows.length)return;
  if(Date.now()-known.at>DAY){await drop("list","own");return;}
  known.rows.forEach(function(row){var o=part("option",row.title+" "+row.place);o.value=row.case;choice.appendChild(o);});
  shell.hidden=false;
  d.querySelector("[data-none]").hidden=true;
  shell.elements.visited_on.defaultValue=new Date(Date.now()+288e5).toISOString().slice(0,10);
  stop=drafting(shell,function(){return choice.value;},known.user);
  choice.addEventListener("change",function(){restore(shell,choice.value,known.user);});
  await restore(shell,choice.value,known.user);
  shell.addEventListener("submit",async function(e){
    var row=known.rows.filter(function(r){return r.case===+choice.value;})[0];
    e.preventDefault();stop();
    try{await filed(shell,row.case,row.title,known.user,newId());}
    catch(error){told.hidden=false;told.textContent="这部手机存不下了，没有保存。请腾出空间再按一次保存；页面不要关。";told.scrollIntoView();return;}
    shell.reset();
    await show();
    told.scrollIntoView();
  });
}
if(navigator.serviceWorker&&(list||form))navigator.serviceWorker.register(own.getAttribute("data-worker"),{scope:ROOT});
window.addEventListener("online",function(){send();});
[].forEach.call(d.querySelectorAll("[data-scripted]"),function(e){e.hidden=false;});
if(list)remember();
if(form)withForm();
if(shell)offer();
show().then(function(){if(!shell||navigator.onLine)return send();});
})();
