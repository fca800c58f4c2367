import { draw, fail, find, row, send } from "./dom.js";
import { toWav } from "./wav.js";

const rate = 16000;
const width = 1000;
const height = 200;
let recorder = null;
let duration = 0;

find("sound-file").addEventListener("change", event => {
  const [file] = event.target.files;
  event.target.value = "";
  if (file) {
    listen(file);
  }
});
find("sound-sample").addEventListener("click", async () => listen(await (await fetch("sample.wav")).blob()));
find("record").addEventListener("click", () => recorder ? recorder.stop() : record());
find("track").addEventListener("click", event => { find("player").currentTime = duration * event.offsetX / find("track").clientWidth; });
find("player").addEventListener("timeupdate", () => follow());

async function record() {
  fail("listen-error", null);
  try {
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    const parts = [];
    recorder = new MediaRecorder(microphone);
    const began = performance.now();
    recorder.addEventListener("dataavailable", event => {
      parts.push(event.data);
      if (recorder) {
        find("listen-state").textContent = `Recording, ${Math.round((performance.now() - began) / 1000)} s`;
      }
    });
    recorder.addEventListener("stop", () => {
      microphone.getTracks().forEach(track => track.stop());
      const sound = new Blob(parts, { type: recorder.mimeType });
      recorder = null;
      find("record").textContent = "Record";
      find("record").removeAttribute("aria-pressed");
      listen(sound);
    });
    recorder.start(1000);
    find("record").textContent = "Stop";
    find("record").setAttribute("aria-pressed", "true");
    find("listen-state").textContent = "Recording";
  } catch (error) {
    fail("listen-error", error.name === "NotAllowedError" ? "The browser was not allowed to use the microphone." : error.message);
  }
}

async function listen(file) {
  fail("listen-error", null);
  find("segments").replaceChildren();
  find("sound").hidden = true;
  find("listen-state").textContent = "Listening";
  try {
    const samples = await decode(file);
    // A WAV file goes as it is; what the browser alone can read goes as WAV. What neither can read gets the server's reason.
    const isWav = await file.slice(0, 4).text() === "RIFF";
    const sent = isWav || !samples ? file : toWav(samples, rate);
    const result = await (await send("listen", sent)).json();
    URL.revokeObjectURL(find("player").src);
    find("player").src = URL.createObjectURL(file);
    show(result, samples);
  } catch (error) {
    find("listen-state").textContent = "";
    fail("listen-error", error.message);
  }
}

/** The sound as one channel at the model's rate; null when the browser can't read it. */
async function decode(file) {
  try {
    const context = new OfflineAudioContext(1, 1, rate);
    const sound = await context.decodeAudioData(await file.arrayBuffer());
    const mixed = new OfflineAudioContext(1, Math.max(1, Math.ceil(sound.duration * rate)), rate);
    const source = new AudioBufferSourceNode(mixed, { buffer: sound });
    source.connect(mixed.destination);
    source.start();
    return (await mixed.startRendering()).getChannelData(0);
  } catch {
    return null;
  }
}

function show(result, samples) {
  duration = result.duration;
  const x = seconds => width * seconds / duration;
  const frame = duration / Math.max(1, result.probabilities.length);
  find("track").replaceChildren(
    ...result.segments.map(segment => draw("rect", { class: "speech", x: x(segment.start), y: 0, width: x(segment.end - segment.start), height })),
    ...samples ? [draw("path", { class: "wave", d: outline(samples) })] : [],
    draw("path", { class: "likely", d: `M${result.probabilities.map((probability, i) => `${x((i + 0.5) * frame).toFixed(1)} ${(height - 8 - probability * (height - 16)).toFixed(1)}`).join("L")}` }),
    draw("line", { class: "now", x1: -2, x2: -2, y1: 0, y2: height }));
  find("track").setAttribute("aria-label", `Sound of ${duration.toFixed(1)} seconds with ${result.segments.length} stretches of speech`);
  find("scale").replaceChildren(...[0, 0.25, 0.5, 0.75, 1].map(part => Object.assign(document.createElement("span"), { textContent: `${(duration * part).toFixed(1)} s` })));
  find("sound").hidden = false;
  find("listen-state").textContent = result.segments.length === 0 ? "There is no speech in it." : `${result.segments.length} stretches of speech in ${duration.toFixed(1)} s`;
  find("segments").replaceChildren(...result.segments.map(segment => row(`${segment.start.toFixed(2)} to ${segment.end.toFixed(2)} s`, `${(segment.probability * 100).toFixed(0)} %`)));
}

/** The loudest samples of each of a thousand stretches, above and below. */
function outline(samples) {
  const each = samples.length / width;
  const peaks = Array.from({ length: width }, (_, i) => {
    let peak = 0;
    for (let j = Math.floor(i * each); j < (i + 1) * each && j < samples.length; j++) {
      peak = Math.max(peak, Math.abs(samples[j]));
    }
    return peak;
  });
  const loudest = Math.max(0.05, ...peaks);
  const at = (peak, i, sign) => `${i} ${(height / 2 - sign * peak / loudest * (height / 2 - 10)).toFixed(1)}`;
  return `M${peaks.map((peak, i) => at(peak, i, 1)).join("L")}L${peaks.map((peak, i) => at(peak, i, -1)).reverse().join("L")}Z`;
}

function follow() {
  const line = find("track").querySelector(".now");
  const x = duration > 0 ? width * find("player").currentTime / duration : 0;
  line?.setAttribute("x1", x);
  line?.setAttribute("x2", x);
}
