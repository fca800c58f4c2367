import { Add } from "./add.js";
import { askJson, encode, key, ServerError } from "./api.js";
import { Chart } from "./chart.js";
import { bytes, find, keep, make, number, percent, say, show, tell, time } from "./dom.js";
import { Figures } from "./figures.js";
import { showMachine, tightest } from "./machine.js";
import { Models, nameOf } from "./models.js";
import { showRules } from "./rules.js";
import { Try } from "./tryit.js";

const each = 1000;
const longest = 15000;
const scopes = { manage: false, infer: false };

let wake = () => {};
let failures = 0;
let isAsking = false;

const refresh = () => wake();
const figures = new Figures();
const attempt = new Try({ refresh });
const models = new Models({ refresh, tryOut: name => attempt.open(name), has: scope => scopes[scope] });
const rate = value => `${number(value)}/s`;
const charts = [
  new Chart(find("latency-chart"), "Latency", [{ name: "p50", of: point => point.p50, fill: true }, { name: "p99", of: point => point.p99 }], value => value === 0 ? "0" : time(value).join(" ")),
  new Chart(find("throughput-chart"), "Throughput", [{ name: "requests", of: point => point.rate, fill: true }, { name: "failures", of: point => point.failures, colour: 2 }], rate),
];
new Add({ refresh });

find("key-button").addEventListener("click", () => askKey("Requests are sent with it, as X-Api-Key."));
find("key-close").addEventListener("click", () => find("key-dialog").close("no"));
find("chart-model").addEventListener("change", drawCharts);
document.addEventListener("visibilitychange", () => wake());
window.addEventListener("online", () => wake());
watch();

async function watch() {
  while (true) {
    await look();
    await new Promise(resolve => {
      const timer = setTimeout(resolve, document.hidden ? longest : Math.min(each * 2 ** failures, longest));
      wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}

async function look() {
  try {
    const overview = await askJson(`edgeai/v1/overview?contains=${encode(models.wanted)}`);
    failures = 0;
    showAll(overview);
  } catch (error) {
    await fail(error);
  }
}

async function fail(error) {
  figures.skip(performance.now());
  drawCharts();
  if (error.status === 401) {
    failures = 4;
    setStatus("A key is needed", "is-warn");
    await askKey(key.get() ? "The server does not know this key. Give another one." : error.message);
  } else if (error.status === 403) {
    failures = 2;
    await showLess();
  } else {
    failures = Math.min(failures + 1, 4);
    setStatus(error instanceof ServerError && error.status === 0 ? "No answer" : "Trouble", "is-bad");
    trouble(error.status === 0 ? "The server does not answer. What is shown here is how it was; the page asks on and goes on by itself." : error.message);
  }
}

/** A key that may not manage sees what it may run. */
async function showLess() {
  try {
    const index = await askJson("v2/repository/index", { method: "POST", json: {} });
    [scopes.manage, scopes.infer] = [false, true];
    setStatus("Connected", "is-good");
    trouble("This key may run models, and not see or change the machine: it lacks the scope 'manage'.");
    attempt.update(index.map(model => `${model.name}:${model.version}`));
  } catch (error) {
    [scopes.manage, scopes.infer] = [false, false];
    setStatus("Not allowed", "is-warn");
    trouble(error.status === 403 ? "This key may neither run models nor see the machine: it lacks the scopes 'infer' and 'manage'." : error.message);
  }
}

function showAll(overview) {
  const { server } = overview;
  scopes.manage = server.scopes.includes("manage");
  scopes.infer = server.scopes.includes("infer");
  document.title = `${server.name} · EdgeAI`;
  say(find("server-name"), server.name);
  say(find("server-version"), `EdgeAI ${server.version}`);
  const held = overview.rules.filter(rule => rule.isActive).length;
  setStatus(!server.isReady ? "Not ready" : held > 0 ? `${held} ${held === 1 ? "rule holds" : "rules hold"}` : "Ready", server.isReady && held === 0 ? "is-good" : "is-warn");
  trouble(scopes.infer ? null : "This key may not run models: it lacks the scope 'infer'.");
  figures.add(overview.requests, performance.now());
  drawFigures(overview);
  drawCharts();
  models.update(overview, name => figures.of(name).at(-1));
  showMachine(overview);
  showRules(overview);
  attempt.update(scopes.infer ? overview.models.map(nameOf) : []);
}

function drawFigures(overview) {
  const latest = figures.of("").at(-1);
  const took = value => value ? time(value) : ["–", ""];
  const memory = tightest(overview.memory);
  const [size, unit] = bytes(memory.used).split(" ");
  const entries = [
    ["requests a second", latest?.rate === undefined || latest.rate === null ? "–" : number(latest.rate), ""],
    ["p50", ...took(latest?.p50)],
    ["p99", ...took(latest?.p99)],
    ["failed requests", overview.requests.reduce((sum, entry) => sum + entry.failed, 0).toLocaleString("en"), ""],
    ["requests waiting", overview.server.waitingRequests.toLocaleString("en"), ""],
    [memory.budget ? `${memory.name.toLowerCase()} memory, ${percent(memory.used / memory.budget)} of its budget` : `${memory.name.toLowerCase()} memory`, size, unit],
  ];
  keep(find("figures"), entries.map((entry, i) => [...entry, i]), entry => String(entry[3]), () => make("div", {}, make("dt"), make("dd")), (element, [name, value, unit]) => {
    say(element.firstElementChild, name);
    show(element.lastElementChild, [value, unit], () => [value, unit ? make("small", { textContent: unit }) : null].filter(part => part !== null));
  });
}

function drawCharts() {
  const select = find("chart-model");
  const was = select.value;
  show(select, figures.models, () => [make("option", { value: "", textContent: "All models" }), ...figures.models.map(name => make("option", { value: name, textContent: name }))]);
  select.value = figures.models.includes(was) ? was : "";
  charts.forEach(chart => chart.update(figures.of(select.value), performance.now()));
}

function setStatus(text, className) {
  say(find("status"), text);
  find("status").className = `pill ${className}`;
}

function trouble(text) {
  find("trouble").hidden = text === null;
  say(find("trouble"), text ?? "");
}

function askKey(reason) {
  if (isAsking) {
    return Promise.resolve();
  }
  isAsking = true;
  const dialog = find("key-dialog");
  find("key-reason").textContent = reason;
  find("key-input").value = "";
  dialog.returnValue = "no";
  dialog.showModal();
  find("key-input").focus();
  return new Promise(resolve => dialog.addEventListener("close", () => {
    isAsking = false;
    if (dialog.returnValue !== "no") {
      key.set(find("key-input").value.trim());
      failures = 0;
      find("trouble").hidden = true;
      tell(key.get() ? "The key is used from now on." : "No key is used from now on.");
    } else if (find("status").textContent === "A key is needed") {
      trouble("The server asks for a key. Give one with the button above.");
    }
    wake();
    resolve();
  }, { once: true }));
}
