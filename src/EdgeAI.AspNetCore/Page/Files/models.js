import { ask as request, askJson, encode } from "./api.js";
import { ago, ask, bytes, count, find, keep, make, say, show, tell, time } from "./dom.js";

const pathOf = model => `edgeai/v1/models/${encode(nameOf(model))}`;
const servedPathOf = model => `v2/repository/models/${encode(model.name)}/versions/${encode(model.tag)}`;

export const nameOf = model => `${model.name}:${model.tag}`;

/** The list of models, where each lives, and what can be done with it. */
export class Models {
  #busy = new Set();
  #last = null;

  /** refresh() looks again soon; tryOut(name) opens the form; has(scope) says what the visitor may do. */
  constructor({ refresh, tryOut, has }) {
    Object.assign(this, { refresh, tryOut, has });
    find("models-filter").addEventListener("input", () => this.refresh());
  }

  /** What the names of the models that are looked at contain. */
  get wanted() {
    return find("models-filter").value.trim();
  }

  update(overview, latest) {
    const loaded = new Map();
    overview.memory?.models.forEach(model => loaded.set(model.digest, [...(loaded.get(model.digest) ?? []), model]));
    const placements = new Map(overview.placements?.map(placement => [placement.model, placement]));
    const requests = new Map(overview.requests?.map(entry => [entry.model, entry]));
    const waiting = Map.groupBy(overview.backlog ?? [], entry => entry.digest);
    this.#last = {
      count: overview.modelCount,
      matching: overview.matchingCount,
      loaded: [...loaded.values()].filter(entries => entries.some(entry => entry.state === "loaded")).length,
      clusters: overview.clusters ?? [],
      now: overview.server ? Date.parse(overview.server.at) : Date.now(),
      models: overview.models.map(model => ({
        ...model,
        placement: placements.get(nameOf(model)),
        memory: loaded.get(model.digest) ?? [],
        counted: requests.get(nameOf(model)),
        latest: latest(nameOf(model)),
        waiting: waiting.get(model.digest) ?? [],
      })),
    };
    this.#show();
  }

  #show() {
    if (!this.#last) {
      return;
    }
    const { count: all, matching, loaded, models } = this.#last;
    find("models-filter-label").hidden = all < 8;
    say(find("models-count"), all === 0 ? "" : `${all.toLocaleString("en")} stored, ${loaded.toLocaleString("en")} in memory`);
    find("models-empty").hidden = matching > 0 && matching === models.length;
    say(find("models-empty"), all === 0 ? "There is no model yet. Upload one, or fetch it from an address."
      : matching === 0 ? "No model is called so." : `And ${(matching - models.length).toLocaleString("en")} more; type a part of the name above.`);
    keep(find("models"), models, nameOf, model => this.#create(model), (row, model) => this.#update(row, model));
  }

  #create(model) {
    const row = make("li", {},
      make("div", { className: "model-name" },
        make("span", {}, model.name, make("span", { className: "tag", textContent: `:${model.tag}` })),
        make("span", { className: "chip" }), make("span", { className: "chip is-accent", textContent: "Pinned" })),
      make("div", { className: "places" }),
      make("p", { className: "quiet model-facts" }),
      make("div", { className: "buttons" }));
    const button = (text, className, act) => {
      const element = make("button", { type: "button", className, textContent: text, "aria-label": `${text} ${nameOf(model)}` });
      element.addEventListener("click", act);
      row.lastElementChild.append(element);
      return element;
    };
    row.parts = {
      chip: row.querySelector(".chip"), pinned: row.querySelector(".is-accent"), places: row.querySelector(".places"), facts: row.querySelector(".model-facts"),
      tryOut: button("Try", "", () => this.tryOut(nameOf(row.model))),
      load: button("Load", "", () => this.#load(row.model)),
      pin: button("Pin", "", () => this.#pin(row.model)),
      pull: button("Pull", "", () => this.#pull(row.model)),
      remove: button("Remove", "", () => this.#remove(row.model)),
    };
    return row;
  }

  #update(row, model) {
    row.model = model;
    const { parts } = row;
    const [state, className] = stateOf(model);
    say(parts.chip, state);
    parts.chip.className = `chip ${className}`;
    parts.pinned.hidden = !model.placement?.isPinned;
    show(parts.places, placesOf(model), places => places.map(([kind, text]) => make("span", { className: `place ${kind}`, textContent: text })));
    show(parts.facts, factsOf(model, this.#last.now), facts => facts.map(text => make("span", { textContent: text })));
    const isBusy = this.#busy.has(nameOf(model));
    label(parts.load, state === "In memory" ? "Unload" : "Load", model);
    label(parts.pin, model.placement?.isPinned ? "Unpin" : "Pin", model);
    parts.pull.hidden = this.#last.clusters.length === 0;
    parts.tryOut.disabled = !this.has("infer");
    for (const button of [parts.load, parts.pin, parts.pull, parts.remove]) {
      button.disabled = isBusy || !this.has("manage");
    }
  }

  #load(model) {
    const verb = stateOf(model)[0] === "In memory" ? "unload" : "load";
    return this.#do(model, () => request(`${servedPathOf(model)}/${verb}`, { method: "POST", json: {} }), `${nameOf(model)} is ${verb}ed.`);
  }

  #pin(model) {
    const verb = model.placement?.isPinned ? "unpin" : "pin";
    return this.#do(model, () => request(`${pathOf(model)}/${verb}`, { method: "POST" }), `${nameOf(model)} is ${verb}ned.`);
  }

  #pull(model) {
    return this.#do(model, async () => {
      const result = await askJson(`${pathOf(model)}/pull`, { method: "POST", json: {} });
      return result.wasPresent ? `${nameOf(model)} is as the cluster has it.` : `${nameOf(model)} is pulled, ${bytes(result.bytesMoved)} moved.`;
    });
  }

  async #remove(model) {
    if (await ask(`Remove ${nameOf(model)}?`, "Its name goes now; what no other model needs of its content goes with the next collection.", "Remove it")) {
      await this.#do(model, () => request(pathOf(model), { method: "DELETE" }), `${nameOf(model)} is removed.`);
    }
  }

  async #do(model, act, done) {
    this.#busy.add(nameOf(model));
    this.#show();
    try {
      const said = await act();
      tell(typeof said === "string" ? said : done);
    } catch (error) {
      tell(error.message, true);
    } finally {
      this.#busy.delete(nameOf(model));
      this.refresh();
    }
  }
}

function label(button, text, model) {
  say(button, text);
  button.setAttribute("aria-label", `${text} ${nameOf(model)}`);
}

function stateOf(model) {
  const states = model.memory.map(entry => entry.state);
  return states.includes("loaded") ? ["In memory", "is-good"]
    : states.includes("loading") ? ["Loading", "is-warn"]
    : states.includes("leaving") ? ["Leaving", "is-warn"]
    : states.includes("out") ? ["Swapped out", ""]
    : ["Stored", ""];
}

function placesOf(model) {
  const { placement } = model;
  if (!placement) {
    return [];
  }
  const places = [["hot", placement.hotBytes], ["warm", placement.warmBytes], ["cold", placement.coldBytes]]
    .filter(([, size]) => size > 0)
    .map(([tier, size]) => [tier, `${tier} ${bytes(size)}`]);
  return [...places, ...model.waiting.map(entry => ["", entry.conflict ? `conflict at ${entry.cluster}` : `on its way to ${entry.cluster}`])];
}

function factsOf(model, now) {
  const { counted, latest } = model;
  const memory = model.memory.reduce((sum, entry) => sum + Object.values(entry.memory).reduce((a, b) => a + b, 0), 0);
  return [
    bytes(model.length),
    memory > 0 ? `${bytes(memory)} of memory` : null,
    counted ? `${count(counted.succeeded + counted.failed, "request")}${counted.failed ? `, ${counted.failed.toLocaleString("en")} failed` : ""}` : null,
    latest?.p50 ? `p50 ${time(latest.p50).join(" ")}` : null,
    counted?.lastRunAt ? `ran ${ago(counted.lastRunAt, now)}` : model.placement?.lastUsedAt ? `used ${ago(Date.parse(model.placement.lastUsedAt), now)}` : null,
  ].filter(Boolean);
}
