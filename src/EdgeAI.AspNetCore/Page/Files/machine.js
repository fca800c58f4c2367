import { ago, bytes, count, find, make, meter, percent, show } from "./dom.js";

const mostEntries = 20;
const kinds = [["privateBytes", "Private"], ["mappedBytes", "Mapped"], ["deviceBytes", "Device"]];

/** Memory, devices, disks and clusters. */
export function showMachine(overview) {
  show(find("memory"), overview.memory, showMemory);
  show(find("devices"), overview.devices, devices => devices.map(showDevice));
  show(find("storage"), [overview.disks, overview.usage, overview.tiers], showStorage);
  const now = Date.parse(overview.server.at);
  show(find("clusters"), [overview.clusters, overview.prefersBackup, overview.backlogCount, overview.backlog.map(entry => ({ ...entry, age: ago(Date.parse(entry.enteredAt), now) }))], showClusters);
}

/** The kind of memory that is filled most: used, budget, name. */
export function tightest(memory) {
  return kinds
    .map(([kind, name]) => ({ used: memory.reserved[kind] ?? 0, budget: memory.budget[kind], name }))
    .reduce((best, next) => (next.budget ? next.used / next.budget : 0) > (best.budget ? best.used / best.budget : 0) ? next : best);
}

function showMemory(memory) {
  const meters = kinds
    .filter(([kind]) => (memory.reserved[kind] ?? 0) > 0 || kind !== "deviceBytes")
    .map(([kind, name]) => {
      const used = memory.reserved[kind] ?? 0;
      const budget = memory.budget[kind];
      const className = !budget ? "" : used > 0.95 * budget ? "full" : used > 0.8 * budget ? "much" : "";
      return meter(name, budget ? `${bytes(used)} of ${bytes(budget)}` : `${bytes(used)}, no limit`, [[used, className]], budget ?? used * 2);
    });
  const models = memory.models.map(model => {
    const parts = kinds.filter(([kind]) => model.memory[kind] > 0).map(([kind, name]) => `${bytes(model.memory[kind])} ${name.toLowerCase()}`);
    return make("li", {},
      make("div", { className: "row" }, make("strong", { textContent: model.model }), make("span", { className: "quiet", textContent: model.device ?? "" })),
      make("p", { className: "quiet", textContent: [model.state === "loaded" ? null : model.state, parts.join(", ") || "nothing", model.leases > 0 ? count(model.leases, "lease") : null].filter(Boolean).join(" · ") }));
  });
  return [...meters, models.length === 0 ? make("p", { className: "empty", textContent: "No model is in memory." }) : make("ul", { className: "list" }, ...models)];
}

function showDevice(device) {
  return make("li", {},
    make("div", { className: "row" }, make("strong", { textContent: device.device }), make("span", { className: `chip ${device.isUsable ? "is-good" : "is-warn"}`, textContent: device.isUsable ? "Ready" : "Not used" })),
    make("p", { className: "quiet", textContent: device.isUsable ? device.description : device.reason }),
    device.waitingRuns > 0 ? make("p", { textContent: `${count(device.waitingRuns, "run")} waiting` }) : null);
}

function showStorage([disks, usage, tiers]) {
  const colour = share => share > 0.95 ? "full" : share > 0.85 ? "much" : "";
  const shown = disks.filter(disk => disk.totalBytes > 0).map(disk => {
    const used = disk.totalBytes - disk.availableBytes;
    const share = used / disk.totalBytes;
    return meter(`Disk of ${disk.tiers.join(", ")}`, `${bytes(disk.availableBytes)} free of ${bytes(disk.totalBytes)}`, [[used, colour(share)]], disk.totalBytes);
  });
  for (const { tier, bytes: size, capacityBytes: capacity } of tiers.filter(tier => tier.capacityBytes)) {
    shown.push(meter(`Tier ${tier}`, `${bytes(size)} of ${bytes(capacity)}`, [[size, colour(size / capacity) || tier]], capacity));
  }
  const total = tiers.reduce((sum, tier) => sum + tier.bytes, 0);
  if (total > 0) {
    shown.push(
      meter("Models by tier", bytes(total), tiers.map(({ tier, bytes }) => [bytes, tier]), total),
      make("div", { className: "places" }, ...tiers.map(({ tier, bytes: size }) => make("span", { className: `place ${tier}`, textContent: `${tier} ${bytes(size)}` }))));
  }
  const saved = usage.logicalBytes > 0 ? 1 - usage.storedBytes / usage.logicalBytes : 0;
  shown.push(make("p", { className: "quiet", textContent: `Models of ${bytes(usage.logicalBytes)} take ${bytes(usage.storedBytes)}${saved > 0.005 ? `, ${percent(saved)} less` : ""}${usage.unreferencedBytes > 0 ? `; ${bytes(usage.unreferencedBytes)} can be collected` : ""}.` }));
  return shown;
}

function showClusters([clusters, prefersBackup, waiting, backlog]) {
  if (clusters.length === 0) {
    return [make("p", { className: "empty", textContent: "There is no cluster behind the store." })];
  }
  const rows = clusters.map((cluster, i) => make("li", { className: "row" },
    make("span", {}, make("strong", { textContent: cluster.name }), make("span", { className: "quiet", textContent: i === 0 ? " primary" : " backup" })),
    make("span", { className: `chip ${cluster.isUsable ? "is-good" : "is-warn"}`, textContent: cluster.isUsable ? "Usable" : "Left alone" })));
  const entries = backlog.slice(0, mostEntries).map(entry => make("li", {},
    make("div", { className: "row" }, make("strong", { textContent: entry.model }), make("span", { className: "quiet", textContent: entry.age })),
    make("p", { className: "quiet", textContent: `to ${entry.cluster}${entry.attempts > 0 ? `, ${count(entry.attempts, "failed attempt")}` : ""}${entry.conflict ? ", which has another one by this name" : ""}` })));
  const errors = [...new Set(backlog.map(entry => entry.lastError).filter(Boolean))];
  return [
    make("ul", { className: "list" }, ...rows),
    prefersBackup ? make("p", { className: "chip is-warn", textContent: "Reads go to the backup first" }) : null,
    make("h3", { textContent: "Outbox" }),
    waiting === 0 ? make("p", { className: "empty", textContent: "Everything is sent." }) : make("ul", { className: "list" }, ...entries),
    waiting > mostEntries ? make("p", { className: "quiet", textContent: `And ${count(waiting - mostEntries, "more version")}.` }) : null,
    ...errors.slice(0, 3).map(error => make("p", { className: "note is-warn", textContent: error })),
  ].filter(Boolean);
}
