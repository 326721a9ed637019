/* Home visits without a network: the list and what was written wait in this browser, encrypted with a key that
cannot be taken out, and are sent once, in order, when the network is back. Works beside the plain form. */
(function(){
"use strict";
var d=document,own=d.currentScript,ROOT=own.getAttribute("data-root"),told=d.querySelector("[data-queue]"),list=d.querySelector("[data-visits]"),
  form=d.querySelector("[data-visit]"),shell=d.querySelector("[data-shell]"),sending=false,code=new TextEncoder(),
  read=new TextDecoder();
if(!window.indexedDB||!window.crypto||!crypto.subtle)return;
function asked(request){return new Promise(function(yes,no){request.onsuccess=function(){yes(request.result);};request.onerror=function(){no(request.error);};});}
function store(){
  var opening=indexedDB.open("minzheng-visits",1);
  opening.onupgradeneeded=function(){var b=opening.result;b.createObjectStore("key");b.createObjectStore("list");b.createObjectStore("queue");};
  return asked(opening);
}
async function within(name,mode,act){var b=await store();try{return await asked(act(b.transaction(name,mode).objectStore(name)));}finally{b.close();}}
function get(name,id){return within(name,"readonly",function(s){return s.get(id);});}
function put(name,id,value){return within(name,"readwrite",function(s){return s.put(value,id);});}
function drop(name,id){return within(name,"readwrite",function(s){return s.delete(id);});}
function ids(name){return within(name,"readonly",function(s){return s.getAllKeys();});}
async function key(){
  var known=await get("key","own");
  if(known)return known;
  known=await crypto.subtle.generateKey({name:"AES-GCM",length:256},false,["encrypt","decrypt"]);
  await put("key","own",known);
  return get("key","own");
}
async function sealed(value){
  var iv=crypto.getRandomValues(new Uint8Array(12));
  return {iv:iv,text:await crypto.subtle.encrypt({name:"AES-GCM",iv:iv},await key(),code.encode(JSON.stringify(value)))};
}
async function opened(kept){
  return JSON.parse(read.decode(await crypto.subtle.decrypt({name:"AES-GCM",iv:kept.iv},await key(),kept.text)));
}
async function queue(){
  var found=[],all=await ids("queue"),i,item;
  for(i=0;i<all.length;i++){item=await opened(await get("queue",all[i]));item.id=all[i];found.push(item);}
  return found.sort(function(a,b){return a.at-b.at;});
}
async function show(){
  var waiting=await queue();
  if(!told)return;
  told.hidden=!waiting.length;
  told.textContent="";
  if(!waiting.length)return;
  var head=d.createElement("h2"),rows=d.createElement("ul"),now=d.createElement("button");
  head.textContent="待发送 "+waiting.length+" 件";
  rows.className="plain";
  waiting.forEach(function(item){var row=d.createElement("li");row.textContent=(item.title||("案件 "+item.case))+" "+item.fields.visited_on+"："+(item.why||"等待网络");rows.appendChild(row);});
  now.type="button";now.className="btn small";now.textContent="现在发送";
  now.addEventListener("click",function(){send();});
  told.appendChild(head);told.appendChild(rows);told.appendChild(now);
}
async function send(){
  if(sending)return 0;
  sending=true;
  var done=0,waiting=await queue(),i;
  try{for(i=0;i<waiting.length;i++)if(await one(waiting[i]))done++;}
  finally{sending=false;await show();}
  return done;
}
async function keep(item){var id=item.id;await put("queue",id,await sealed({case:item.case,title:item.title,user:item.user,at:item.at,fields:item.fields,why:item.why}));}
/* One visit: a fresh token from its page, the form, what came back; kept until the server says it has it. */
async function one(item){
  var at=ROOT+item.case+"/",page,token,body=new URLSearchParams(),sent,text,why;
  try{
    page=await fetch(at,{credentials:"same-origin",cache:"no-store"});
    if(page.redirected&&page.url.indexOf("/accounts/")>=0){item.why="请先登录，登录后自动发送";await keep(item);return false;}
    text=new DOMParser().parseFromString(await page.text(),"text/html");
    if(item.user&&!text.querySelector("[data-visit='"+item.user+"'],[data-visits='"+item.user+"']")&&text.querySelector("[data-visit]")){item.why="请换回登记时的账号发送";await keep(item);return false;}
    token=text.querySelector("[name=csrfmiddlewaretoken]");
    if(!page.ok||!token){item.why="这一户现在打不开（"+page.status+"），内容还在手机里，请联系乡镇";await keep(item);return false;}
    Object.keys(item.fields).forEach(function(name){body.append(name,item.fields[name]);});
    body.append("key",item.id);
    sent=await fetch(at,{method:"POST",credentials:"same-origin",headers:{"X-CSRFToken":token.value},body:body});
  }catch(e){item.why="没有网络，有网络时自动发送";await keep(item);return false;}
  if(sent.ok){await drop("queue",item.id);return true;}
  text=new DOMParser().parseFromString(await sent.text(),"text/html");
  why=text.querySelector(".msg.bad p");
  item.why=why?why.textContent:"没有收下（"+sent.status+"），请打开这一户核对";
  await keep(item);
  return false;
}
function fields(from){
  var said={};
  new FormData(from).forEach(function(value,name){if(["csrfmiddlewaretoken","key","case"].indexOf(name)<0)said[name]=""+value;});
  return said;
}
function newId(){
  if(crypto.randomUUID)return crypto.randomUUID();
  var b=crypto.getRandomValues(new Uint8Array(16)),h;
  b[6]=b[6]&15|64;b[8]=b[8]&63|128;
  h=[].map.call(b,function(x){return (x+256).toString(16).slice(1);}).join("");
  return h.slice(0,8)+"-"+h.slice(8,12)+"-"+h.slice(12,16)+"-"+h.slice(16,20)+"-"+h.slice(20);
}
if(form)form.addEventListener("submit",async function(e){
  e.preventDefault();
  var id=form.elements.key.value,at=+form.getAttribute("action").split("/").slice(-2)[0],left;
  await put("queue",id,await sealed({case:at,title:d.querySelector("h1").textContent.replace("入户调查","").trim(),user:form.getAttribute("data-visit"),at:Date.now(),fields:fields(form)}));
  await send();
  left=(await queue()).filter(function(item){return item.id===id;})[0];
  if(!left)location.assign(ROOT+at+"/");
});
/* The names on the list (masked already) for the shell; kept for who is signed in, gone when they sign out. */
async function remember(){
  var rows=[].map.call(d.querySelectorAll("tr[data-case]"),function(row){
    return {case:+row.getAttribute("data-case"),title:row.querySelector("th").textContent.trim(),place:row.querySelector("[data-place]").textContent.trim()};
  });
  await put("list","own",await sealed({user:list.getAttribute("data-visits"),rows:rows}));
}
async function offer(){
  var kept=await get("list","own"),known,choice=shell.elements.case;
  if(!kept)return;
  known=await opened(kept);
  known.rows.forEach(function(row){var o=d.createElement("option");o.value=row.case;o.textContent=row.title+" "+row.place;choice.appendChild(o);});
  if(!known.rows.length)return;
  shell.hidden=false;
  d.querySelector("[data-none]").hidden=true;
  shell.elements.visited_on.value=new Date(Date.now()+288e5).toISOString().slice(0,10);
  shell.addEventListener("submit",async function(e){
    e.preventDefault();
    var row=known.rows.filter(function(r){return r.case===+choice.value;})[0];
    await put("queue",newId(),await sealed({case:row.case,title:row.title,user:known.user,at:Date.now(),fields:fields(shell)}));
    shell.reset();
    await show();
    told.scrollIntoView();
  });
}
d.addEventListener("submit",function(e){if(e.target.matches("form.out"))drop("list","own");});
if(navigator.serviceWorker&&(list||form))navigator.serviceWorker.register(own.getAttribute("data-worker"),{scope:ROOT});
window.addEventListener("online",function(){send();});
if(list)remember();
if(shell)offer();
show().then(function(){if(!shell||navigator.onLine)return send();});
})();
