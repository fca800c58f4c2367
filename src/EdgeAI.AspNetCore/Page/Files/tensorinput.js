import { make } from "./dom.js";
import { countOf, flatten, isFloat, write } from "./tensors.js";

const most = 64 * 1024 * 1024;
const scales = {
  unit: ["0 to 1", value => value / 255],
  signed: ["−1 to 1", value => value / 127.5 - 1],
  plain: ["0 to 255", value => value],
  imagenet: ["ImageNet's mean and deviation", (value, channel) => (value / 255 - [0.485, 0.456, 0.406][channel]) / [0.229, 0.224, 0.225][channel]],
};

/** The fields of one input. */
export class TensorInput {
  #fill;
  #sizes = [];
  #body = make("div");
  #text = null;
  #file = null;
  #canvas = null;
  #scale = null;
  #order = null;
  #picture = null;

  constructor(input) {
    this.input = input;
    this.layout = layoutOf(input);
    this.#fill = make("select", {}, ...this.#fills().map(([value, textContent]) => make("option", { value, textContent })));
    this.#fill.addEventListener("change", () => this.#show());
    this.element = make("fieldset", { className: "input" },
      make("legend", { textContent: input.name }),
      make("p", { className: "quiet", textContent: `${input.datatype} [${input.shape.map(size => size < 0 ? "?" : size).join(", ")}]` }),
      this.#dimensions(),
      make("label", { className: "field" }, "Content", this.#fill),
      this.#body);
    this.#show();
  }

  /** The tensor; null when it is left out. */
  read() {
    const { name, datatype } = this.input;
    const fill = this.#fill.value;
    if (fill === "none") {
      return null;
    }
    let shape = this.#shape();
    if (fill === "values") {
      const given = this.#parse();
      shape = this.#fit(shape, given);
      return { name, datatype, shape, data: write(datatype, given.values) };
    }
    const count = countOf(shape);
    if (count > most) {
      throw new Error(`The input '${name}' has ${count.toLocaleString("en")} elements; that is too much for this form.`);
    }
    const values = fill === "picture" ? this.#pixels(shape)
      : fill === "zeros" ? new Array(count).fill(datatype === "BYTES" ? "" : 0)
      : Array.from({ length: count }, () => isFloat(datatype) ? Math.random() : Math.floor(Math.random() * 2));
    return { name, datatype, shape, data: write(datatype, values) };
  }

  #fills() {
    const values = [["values", "Values, as JSON"]];
    const made = this.input.datatype === "BYTES" ? [["zeros", "Empty texts"]] : [["random", isFloat(this.input.datatype) ? "Random, 0 to 1" : "Random, 0 or 1"], ["zeros", "Zeros"]];
    const picture = this.layout ? [["picture", "A picture"]] : [];
    return [...picture, ...(isFloat(this.input.datatype) ? [...made, ...values] : [...values, ...made]), ["none", "Left out"]];
  }

  #dimensions() {
    const fields = this.input.shape.map((size, i) => {
      if (size >= 0) {
        this.#sizes.push(null);
        return make("span", { className: "fixed", textContent: size });
      }
      const field = make("input", { type: "number", min: 0, step: 1, value: this.layout && (i === this.layout.height || i === this.layout.width) ? 224 : 1 });
      this.#sizes.push(field);
      return make("label", {}, `Size ${i + 1}`, field);
    });
    return make("div", { className: "dims" }, ...fields);
  }

  #shape() {
    return this.input.shape.map((size, i) => {
      const value = size >= 0 ? size : Number(this.#sizes[i].value || NaN);
      if (!Number.isInteger(value) || value < 0) {
        throw new Error(`Size ${i + 1} of '${this.input.name}' is no whole number.`);
      }
      return value;
    });
  }

  #show() {
    const fill = this.#fill.value;
    this.#body.replaceChildren(...(fill === "values" ? [this.#valuesField()] : fill === "picture" ? [this.#pictureFields()] : []));
  }

  #valuesField() {
    const shape = this.input.shape.map(size => Math.max(size, 1));
    const count = countOf(shape);
    const sample = this.input.datatype === "BYTES" ? "text" : this.input.datatype === "BOOL" ? true : 0;
    this.#text ??= make("textarea", { spellcheck: false, value: count <= 64 ? JSON.stringify(new Array(count).fill(sample)).replaceAll(",", ", ") : "[]" });
    return make("label", { className: "field" }, "Values, in one list or in nested ones", this.#text);
  }

  #parse() {
    let value;
    try {
      value = JSON.parse(this.#text.value);
    } catch {
      throw new Error(`The values of '${this.input.name}' are no JSON: write numbers in brackets, such as [1, 2, 3], and texts in quotes.`);
    }
    return flatten(value);
  }

  // Nested lists say their shape; of one list the free sizes follow, where only one is free. Whether that fits the model the server says.
  #fit(shape, { values, shape: nested }) {
    if (nested.length > 1 || this.input.shape.length === 0) {
      return nested.length > 1 ? nested : shape;
    }
    const free = this.input.shape.flatMap((size, i) => size < 0 ? [i] : []);
    const rest = countOf(shape.filter((_, i) => i !== free[0]));
    if (countOf(shape) !== values.length && free.length === 1 && rest > 0 && values.length % rest === 0) {
      shape[free[0]] = values.length / rest;
      this.#sizes[free[0]].value = shape[free[0]];
    }
    if (countOf(shape) !== values.length) {
      // A list of another length is sent as what it is, for the server to say what is wrong with it.
      return nested;
    }
    return shape;
  }

  #pictureFields() {
    this.#file ??= make("input", { type: "file", accept: "image/*" });
    this.#canvas ??= make("canvas", { width: 1, height: 1, hidden: true, role: "img", "aria-label": "The picture as the model gets it" });
    this.#scale ??= make("select", {}, ...Object.entries(scales).filter(([name]) => isFloat(this.input.datatype) ? true : name === "plain").map(([value, [textContent]]) => make("option", { value, textContent })));
    this.#order ??= make("select", {}, make("option", { value: "rgb", textContent: "Red, green, blue" }), make("option", { value: "bgr", textContent: "Blue, green, red" }));
    this.#file.onchange = () => this.#take(this.#file.files[0]);
    return make("div", { className: "picture" },
      make("label", { className: "field" }, "Picture", this.#file),
      this.#canvas,
      make("label", { className: "field" }, "Range", this.#scale),
      make("label", { className: "field" }, "Colours", this.#order));
  }

  async #take(file) {
    this.#picture = null;
    this.#canvas.hidden = true;
    if (!file) {
      return;
    }
    try {
      this.#picture = await createImageBitmap(file);
      this.#drawn(this.#shape());
      this.#canvas.hidden = false;
    } catch {
      this.#file.value = "";
      this.#file.setCustomValidity("That is no picture which the browser can read.");
      this.#file.reportValidity();
      this.#file.setCustomValidity("");
    }
  }

  // Scaled to the sizes that are asked for, as a whole.
  #drawn(shape) {
    this.#canvas.width = shape[this.layout.width];
    this.#canvas.height = shape[this.layout.height];
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.drawImage(this.#picture, 0, 0, this.#canvas.width, this.#canvas.height);
    return context.getImageData(0, 0, this.#canvas.width, this.#canvas.height).data;
  }

  #pixels(shape) {
    if (!this.#picture) {
      throw new Error(`Pick a picture for '${this.input.name}'.`);
    }
    const { channels, height, width, isPlanar } = this.layout;
    const pixels = this.#drawn(shape);
    const area = shape[height] * shape[width];
    const count = shape[channels];
    const scale = scales[this.#scale.value][1];
    const values = new Array(countOf(shape));
    const batch = values.length / (area * count);
    for (let i = 0; i < area; i++) {
      for (let c = 0; c < count; c++) {
        const source = this.#order.value === "bgr" ? count - 1 - c : c;
        const value = scale(count === 1 ? 0.299 * pixels[4 * i] + 0.587 * pixels[4 * i + 1] + 0.114 * pixels[4 * i + 2] : pixels[4 * i + source], source);
        const at = isPlanar ? c * area + i : i * count + c;
        const rounded = isFloat(this.input.datatype) ? value : Math.round(value);
        for (let n = 0; n < batch; n++) {
          values[n * area * count + at] = rounded;
        }
      }
    }
    return values;
  }
}

/** Where the channels, the height and the width of a picture are; null for what is none. */
function layoutOf({ datatype, shape }) {
  if (shape.length !== 4 || (!isFloat(datatype) && datatype !== "UINT8")) {
    return null;
  }
  return shape[1] === 3 || shape[1] === 1 ? { isPlanar: true, channels: 1, height: 2, width: 3 }
    : shape[3] === 3 || shape[3] === 1 ? { isPlanar: false, channels: 3, height: 1, width: 2 }
    : null;
}
