import { draw, fail, find, row, send } from "./dom.js";

const widest = 1280;
let going = new AbortController();
let camera = null;

for (const id of ["picture-file", "picture-photo"]) {
  find(id).addEventListener("change", event => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) {
      showPicture(file);
    }
  });
}
find("picture-sample").addEventListener("click", async () => showPicture(await (await fetch("sample.png")).blob()));
find("camera").addEventListener("click", () => camera ? stop() : watch());

async function showPicture(file) {
  stop();
  URL.revokeObjectURL(find("picture").src);
  find("picture").src = URL.createObjectURL(file);
  show("picture");
  clear();
  const signal = begin();
  try {
    find("read-state").textContent = "Reading";
    const count = await read(file, signal, line => add(line));
    find("read-state").textContent = count === 0 ? "There is no text in it." : `${count} lines`;
  } catch (error) {
    report(error, signal);
  }
}

/** Reads what the camera sees, one frame after the other. */
async function watch() {
  const signal = begin();
  try {
    camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: widest } } });
    find("camera").textContent = "Stop the camera";
    find("camera").setAttribute("aria-pressed", "true");
    find("video").srcObject = camera;
    await find("video").play();
    show("video");
    for (let frames = 1; camera; frames++) {
      const lines = [];
      const began = performance.now();
      const size = await read(await frame(), signal, line => lines.push(line), true);
      clear();
      find("boxes").setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
      lines.forEach(add);
      find("read-state").textContent = `Frame ${frames}: ${lines.length} lines in ${Math.round(performance.now() - began)} ms`;
    }
  } catch (error) {
    report(error, signal);
    stop();
  }
}

function stop() {
  camera?.getTracks().forEach(track => track.stop());
  camera = null;
  find("video").srcObject = null;
  find("camera").textContent = "Live camera";
  find("camera").removeAttribute("aria-pressed");
  going.abort();
}

function frame() {
  const video = find("video");
  const scale = Math.min(1, widest / video.videoWidth);
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth * scale, height: video.videoHeight * scale });
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise(resolve => canvas.toBlob(resolve, "image/jpeg", 0.9));
}

/** Sends a picture. The answer's first line is the picture's size; each other one is a line of text, as soon as it is read. */
async function read(file, signal, take, isWhole = false) {
  const answer = await send("read", file, signal);
  let size = null;
  let count = 0;
  let rest = "";
  const lines = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  while (true) {
    const { value, done } = await lines.read();
    if (done) {
      return isWhole ? size : count;
    }
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) {
      if (size) {
        take(JSON.parse(part));
        count++;
      } else {
        size = JSON.parse(part);
        if (!isWhole) {
          find("boxes").setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
        }
      }
    }
  }
}

function begin() {
  going.abort();
  going = new AbortController();
  fail("read-error", null);
  return going.signal;
}

function report(error, signal) {
  if (!signal.aborted) {
    find("read-state").textContent = "";
    fail("read-error", error.name === "NotAllowedError" ? "The browser was not allowed to use the camera." : error.message);
  }
}

function show(id) {
  for (const element of find("stage").children) {
    if (element.id !== "boxes") {
      element.hidden = element.id !== id;
    }
  }
}

function clear() {
  find("boxes").replaceChildren();
  find("lines").replaceChildren();
}

function add(line) {
  const box = draw("polygon", { points: line.corners.map(corner => corner.join(",")).join(" ") });
  const item = row(line.text, `${(line.confidence * 100).toFixed(0)} %`);
  item.addEventListener("pointerenter", () => box.classList.add("is-meant"));
  item.addEventListener("pointerleave", () => box.classList.remove("is-meant"));
  find("boxes").append(box);
  find("lines").append(item);
}
