import { make } from "./dom.js";

const width = seconds => seconds * 1000;
const span = width(120);
const height = 168;
const margin = { left: 52, right: 8, top: 8, bottom: 22 };

/** Lines over the last two minutes, drawn as SVG: colours come from the style sheet, so that light and dark need no redrawing. */
export class Chart {
  #svg = draw("svg", { role: "img" });
  #legend = make("ul", { className: "legend" });
  #values;
  #pointer = null;
  #points = [];
  #now = 0;

  /** series: [{ name, of(point), fill }]; format(value) gives text. */
  constructor(element, title, series, format) {
    Object.assign(this, { title, series, format });
    this.#values = series.map(() => make("b", { textContent: "–" }));
    this.#legend.append(...series.map((line, i) => make("li", { className: `series-${line.colour ?? i}` }, make("span", { textContent: line.name }), this.#values[i])));
    element.append(this.#legend, this.#svg);
    new ResizeObserver(() => this.#draw()).observe(element);
    this.#svg.addEventListener("pointermove", event => this.#point(event.offsetX));
    this.#svg.addEventListener("pointerleave", () => this.#point(null));
  }

  update(points, now) {
    this.#points = points;
    this.#now = now;
    this.#draw();
  }

  #point(x) {
    this.#pointer = x;
    this.#draw();
  }

  #draw() {
    const wide = Math.max(240, this.#svg.clientWidth);
    const x = at => margin.left + (wide - margin.left - margin.right) * (1 - (this.#now - at) / span);
    const seen = this.#points.filter(point => x(point.at) >= margin.left);
    const most = Math.max(0, ...seen.flatMap(point => this.series.map(line => line.of(point) ?? 0)));
    const { top, step } = scale(most);
    const y = value => height - margin.bottom - (height - margin.top - margin.bottom) * value / top;
    this.#svg.setAttribute("viewBox", `0 0 ${wide} ${height}`);
    this.#svg.replaceChildren(
      ...this.#grid(wide, top, step, y),
      ...this.series.flatMap((line, i) => drawLine(seen, line, `series-${line.colour ?? i}`, x, y)),
      ...this.#cross(seen, x));
    this.#tell(seen);
  }

  #grid(wide, top, step, y) {
    const parts = [];
    for (let value = 0; value <= top * 1.001; value += step) {
      parts.push(
        draw("line", { class: "grid", x1: margin.left, x2: wide - margin.right, y1: y(value), y2: y(value) }),
        draw("text", { x: margin.left - 8, y: y(value) + 4, "text-anchor": "end" }, this.format(value)));
    }
    for (const [seconds, anchor, text] of [[120, "start", "−2 min"], [60, "middle", "−1 min"], [0, "end", "now"]]) {
      parts.push(draw("text", { x: margin.left + (wide - margin.left - margin.right) * (1 - width(seconds) / span), y: height - 5, "text-anchor": anchor }, text));
    }
    return parts;
  }

  #cross(seen, x) {
    const at = this.#nearest(seen, x);
    return at ? [draw("line", { class: "cross", x1: x(at.at), x2: x(at.at), y1: margin.top, y2: height - margin.bottom })] : [];
  }

  #nearest(seen, x) {
    return this.#pointer === null ? null : seen.reduce((best, point) => !best || Math.abs(x(point.at) - this.#pointer) < Math.abs(x(best.at) - this.#pointer) ? point : best, null);
  }

  // The figures under the pointer, or the latest.
  #tell(seen) {
    const wide = Math.max(240, this.#svg.clientWidth);
    const x = at => margin.left + (wide - margin.left - margin.right) * (1 - (this.#now - at) / span);
    const pointed = this.#nearest(seen, x);
    const texts = this.series.map(line => {
      const value = pointed ? line.of(pointed) : line.of(seen.findLast(point => line.of(point) !== null) ?? {});
      return value === null || value === undefined ? "–" : this.format(value);
    });
    texts.forEach((text, i) => { this.#values[i].textContent = text; });
    this.#svg.setAttribute("aria-label", `${this.title} over the last two minutes; now ${this.series.map((line, i) => `${line.name} ${texts[i]}`).join(", ")}`);
  }
}

/** A line with gaps where there is no value; a point alone is a dot. */
function drawLine(points, line, className, x, y) {
  const runs = [[]];
  for (const point of points) {
    const value = line.of(point);
    if (value === null || value === undefined) {
      runs.push([]);
    } else {
      runs.at(-1).push([x(point.at).toFixed(1), y(value).toFixed(1)]);
    }
  }
  return runs.filter(run => run.length > 0).flatMap(run => {
    if (run.length === 1) {
      return [draw("circle", { class: `dot ${className}`, cx: run[0][0], cy: run[0][1], r: 2.5 })];
    }
    const path = `M${run.map(point => point.join(" ")).join("L")}`;
    const lines = [draw("path", { class: `line ${className}`, d: path })];
    if (line.fill) {
      lines.unshift(draw("path", { class: `fill ${className}`, d: `${path}L${run.at(-1)[0]} ${y(0)}L${run[0][0]} ${y(0)}Z` }));
    }
    return lines;
  });
}

/** A round number at the top, and steps of 1, 2 or 5 times a power of ten. */
function scale(most) {
  const rough = Math.max(most, 1e-9) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = most <= 0 ? 1 : power * [1, 2, 5, 10].find(factor => factor * power >= rough);
  return { step, top: Math.max(step, Math.ceil(most / step) * step) };
}

function draw(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  if (text !== undefined) {
    element.textContent = text;
  }
  return element;
}
