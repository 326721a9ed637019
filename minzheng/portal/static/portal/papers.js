/* Makes chosen photos smaller before they are sent. Without it they are sent as they are, and shrink there. */
(function(){
"use strict";
var d=document,root=d.documentElement,WANTED=300000,TRIES=[[2400,.8],[2400,.65],[2000,.65],[1600,.65]];
if(root.hasAttribute("data-papers"))return;
root.setAttribute("data-papers","");
function say(input,words){var told=d.getElementById(input.getAttribute("data-told"));if(told)told.textContent=words;}
function size(files){
  var sum=files.reduce(function(all,file){return all+file.size;},0);
  return sum<1e6?Math.max(1,Math.round(sum/1e3))+" KB":(sum/1e6).toFixed(1)+" MB";
}
function painted(picture,edge){
  var share=Math.min(1,edge/Math.max(picture.width,picture.height)),canvas=d.createElement("canvas"),paint;
  canvas.width=Math.max(1,Math.round(picture.width*share));
  canvas.height=Math.max(1,Math.round(picture.height*share));
  paint=canvas.getContext("2d");
  paint.fillStyle="#fff";paint.fillRect(0,0,canvas.width,canvas.height);
  paint.imageSmoothingQuality="high";
  paint.drawImage(picture,0,0,canvas.width,canvas.height);
  return canvas;
}
function written(canvas,quality){return new Promise(function(done){canvas.toBlob(done,"image/jpeg",quality);});}
/* HEIC too, where the browser can read it (Safari): the server cannot. */
async function smaller(file){
  var heic=/^image\/hei[cf]$/.test(file.type)||/\.hei[cf]$/i.test(file.name),picture,made=null,at,canvas,edge=0;
  if(!heic&&!(/^image\/(jpeg|png|webp)$/.test(file.type)&&file.size>WANTED))return file;
  try{picture=await createImageBitmap(file);}catch(e){return file;}
  for(at=0;at<TRIES.length&&!(made&&made.size<=WANTED);at++){
    if(TRIES[at][0]!==edge){edge=TRIES[at][0];canvas=painted(picture,edge);}
    made=await written(canvas,TRIES[at][1]);
  }
  picture.close();
  if(!made||(made.size>=file.size&&!heic))return file;
  return new File([made],file.name.replace(/\.[^.]*$/,"")+".jpg",{type:"image/jpeg"});
}
d.addEventListener("change",async function(e){
  var input=e.target,chosen,kept=[],box=null,turn={};
  if(!input.matches||!input.matches("input[type=file][data-shrink]")||!window.createImageBitmap)return;
  input.shrinking=turn;
  chosen=[].slice.call(input.files);
  if(!chosen.length){say(input,"");return;}
  say(input,"正在缩小照片…");
  try{
    for(var at=0;at<chosen.length;at++)kept.push(await smaller(chosen[at]));
    box=new DataTransfer();
    kept.forEach(function(file){box.items.add(file);});
  }catch(e){box=null;}
  if(input.shrinking!==turn)return;
  if(box)input.files=box.files;else kept=chosen;
  say(input,"已选 "+kept.length+" 份，共 "+size(kept)+(size(kept)===size(chosen)?"":"（原 "+size(chosen)+"）"));
});
})();
