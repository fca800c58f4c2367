import { ago, find, make, meter, show } from "./dom.js";

const words = { fired: ["Fired", "is-bad"], repeated: ["Again", "is-warn"], cleared: ["Let go", "is-good"] };

/** Rules, how near they are, and what they did. */
export function showRules(overview) {
  const now = Date.parse(overview.server.at);
  const since = at => at ? ago(Date.parse(at), now) : null;
  show(find("rules"), overview.rules.map(rule => ({ ...rule, since: since(rule.since) })), rules =>
    rules.length === 0 ? [make("li", { className: "empty", textContent: "No rule is configured." })] : rules.map(showRule));
  show(find("events"), overview.events.map(event => ({ ...event, ago: since(event.at) })), events =>
    events.length === 0 ? [make("li", { className: "empty", textContent: "Nothing yet." })] : events.map(showEvent));
}

function showRule(rule) {
  const share = rule.share ?? 0;
  return make("li", {},
    make("div", { className: "row wrap" },
      make("strong", { textContent: `${rule.metric} > ${rule.threshold}` }),
      make("span", { className: `chip ${rule.isActive ? "is-bad" : "is-good"}`, textContent: rule.isActive ? "Holds" : "At rest" })),
    meter(`${rule.action}${rule.isDryRun ? " (only says so)" : ""}`, `${rule.reading ?? "no reading"}${rule.since ? ` · since ${rule.since}` : ""}`, [[share, share > 1 ? "full" : share > 0.8 ? "much" : ""]], 1));
}

function showEvent(event) {
  const [word, className] = words[event.kind] ?? [event.kind, ""];
  return make("li", {},
    make("div", { className: "row wrap" },
      make("span", {}, make("span", { className: `chip ${event.isFailed ? "is-bad" : className}`, textContent: event.isFailed ? "Failed" : word }), make("strong", { textContent: ` ${event.metric} > ${event.threshold}` })),
      make("span", { className: "quiet", textContent: event.ago })),
    make("p", { className: "quiet", textContent: `${event.reading ? `at ${event.reading}: ` : ""}${event.outcome}${event.isDryRun ? " (only said)" : ""}` }));
}
