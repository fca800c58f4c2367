import { ask, askJson, encode } from "./api.js";
import { find, make, show, time } from "./dom.js";
import { TensorInput } from "./tensorinput.js";
import { countOf, isKnown, read } from "./tensors.js";

const lengthHeader = "Inference-Header-Content-Length";
const shownValues = 32;

/** A form for any model, made from what it says of its inputs. */
export class Try {
  #inputs = [];
  #model = null;
  #asked = 0;
  #names = [];
  #going = null;

  constructor({ refresh }) {
    this.refresh = refresh;
    find("try-model").addEventListener("change", event => this.open(event.target.value, false));
    find("try-form").addEventListener("submit", event => { event.preventDefault(); this.#run(); });
  }

  /** Takes the models that are looked at; the one that is open stays. */
  update(names) {
    this.#names = names;
    this.#list();
  }

  async open(name, isAsked = true) {
    const asked = ++this.#asked;
    this.#going?.abort();
    this.#model = name || null;
    this.#inputs = [];
    this.#list();
    find("try-inputs").replaceChildren();
    find("try-result").replaceChildren();
    find("try-run").disabled = true;
    this.#fail(null);
    if (isAsked) {
      find("try").scrollIntoView({ block: "start", behavior: "instant" });
      find("try").focus({ preventScroll: true });
    }
    if (!name) {
      return;
    }
    try {
      const metadata = await askJson(pathOf(name));
      if (asked === this.#asked) {
        this.#build(metadata);
      }
    } catch (error) {
      if (asked === this.#asked) {
        this.#fail(error.message);
      }
    }
  }

  #list() {
    const names = !this.#model || this.#names.includes(this.#model) ? this.#names : [this.#model, ...this.#names];
    const select = find("try-model");
    show(select, names, () => [make("option", { value: "", textContent: names.length === 0 ? "There is no model" : "Pick a model" }), ...names.map(name => make("option", { value: name, textContent: name }))]);
    select.value = this.#model ?? "";
  }

  #build(metadata) {
    const odd = metadata.inputs.find(input => !isKnown(input.datatype));
    if (odd) {
      this.#fail(`The input '${odd.name}' is a ${odd.datatype.toLowerCase()}, which the protocol has no form for.`);
      return;
    }
    this.#inputs = metadata.inputs.map(input => new TensorInput(input));
    find("try-inputs").replaceChildren(...this.#inputs.map(input => input.element));
    find("try-run").disabled = false;
  }

  async #run() {
    if (this.#going) {
      this.#going.abort();
      return;
    }
    const button = find("try-run");
    const going = new AbortController();
    this.#going = going;
    button.textContent = "Stop";
    find("try-form").setAttribute("aria-busy", "true");
    this.#fail(null);
    find("try-result").replaceChildren();
    try {
      const tensors = this.#inputs.map(input => input.read()).filter(tensor => tensor !== null);
      const { outputs, took } = await infer(this.#model, tensors, going.signal);
      find("try-result").replaceChildren(make("div", { className: "outputs" },
        make("p", {}, make("strong", { textContent: time(took * 1000).join(" ") }), make("span", { className: "quiet", textContent: " from asking to the answer" })),
        ...outputs.map(showOutput)));
    } catch (error) {
      this.#fail(going.signal.aborted ? "The run was stopped." : error.message);
    } finally {
      this.#going = null;
      button.textContent = "Run";
      find("try-form").removeAttribute("aria-busy");
      this.refresh();
    }
  }

  #fail(text) {
    const error = find("try-error");
    error.hidden = text === null;
    error.textContent = text ?? "";
  }
}

function pathOf(name) {
  const colon = name.lastIndexOf(":");
  return `v2/models/${encode(name.slice(0, colon))}/versions/${encode(name.slice(colon + 1))}`;
}

/** Runs a model; tensors go and come as binary data behind the JSON. */
async function infer(name, tensors, signal) {
  const head = new TextEncoder().encode(JSON.stringify({
    inputs: tensors.map(({ name, datatype, shape, data }) => ({ name, datatype, shape, parameters: { binary_data_size: data.byteLength } })),
    parameters: { binary_data_output: true },
  }));
  const began = performance.now();
  const answer = await ask(`${pathOf(name)}/infer`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream", [lengthHeader]: String(head.byteLength) },
    body: new Blob([head, ...tensors.map(tensor => tensor.data)]),
    signal,
  });
  const body = new Uint8Array(await answer.arrayBuffer());
  const took = performance.now() - began;
  const length = Number(answer.headers.get(lengthHeader) ?? body.byteLength);
  const result = JSON.parse(new TextDecoder().decode(body.subarray(0, length)));
  let at = length;
  const outputs = result.outputs.map(output => {
    const size = output.parameters?.binary_data_size;
    const values = size === undefined ? output.data ?? [] : read(output.datatype, body.slice(at, at + size));
    at += size ?? 0;
    return { ...output, values };
  });
  return { outputs, took };
}

function showOutput(output) {
  const { values } = output;
  const facts = [];
  if (values.length > 0 && output.datatype !== "BYTES" && output.datatype !== "BOOL") {
    const numbers = values.map(Number);
    let [least, most, sum] = [0, 0, 0];
    numbers.forEach((value, i) => {
      least = value < numbers[least] ? i : least;
      most = value > numbers[most] ? i : most;
      sum += value;
    });
    facts.push(["least", round(numbers[least])], ["greatest", `${round(numbers[most])}${values.length > 1 ? ` at ${most}` : ""}`], ["mean", round(sum / values.length)]);
  }
  const text = values.slice(0, shownValues).map(value => typeof value === "string" ? JSON.stringify(value) : typeof value === "number" ? round(value) : String(value)).join(", ");
  return make("div", { className: "output" },
    make("div", { className: "row wrap" }, make("strong", { textContent: output.name }), make("span", { className: "quiet", textContent: `${output.datatype} [${output.shape.join(", ")}]` })),
    make("dl", { className: "stats" }, ...facts.map(([name, value]) => make("div", {}, make("dt", { textContent: name }), make("dd", { textContent: value })))),
    make("p", { className: "values mono", tabIndex: 0, textContent: values.length === 0 ? "no elements" : text + (values.length > shownValues ? `, … ${(countOf(output.shape) - shownValues).toLocaleString("en")} more` : "") }));
}

const round = value => Number.isSafeInteger(value) ? String(value) : String(Number(value.toPrecision(7)));
