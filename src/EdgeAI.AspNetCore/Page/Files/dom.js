// Elements are built from text alone: nothing that a server says is ever read as markup.

/** Makes an element. Properties are set as such; those with a dash, and role, as attributes. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") {
      element.setAttribute(name, value);
    } else {
      element[name] = value;
    }
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

export const find = id => document.getElementById(id);

/** Sets text only where it changes, so that screen readers are not told the same again. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

const shown = new WeakMap();

/** Builds an element's children anew, if what they show has changed. */
export function show(element, data, build) {
  const key = JSON.stringify(data);
  if (shown.get(element) !== key) {
    shown.set(element, key);
    element.replaceChildren(...build(data));
  }
}

/** Keeps one child for each item, the same as long as its item is there: focus stays where it is. */
export function keep(element, items, keyOf, create, update) {
  const old = new Map([...element.children].map(child => [child.dataset.key, child]));
  let before = null;
  for (const item of items) {
    const key = keyOf(item);
    let child = old.get(key);
    old.delete(key);
    if (!child) {
      child = create(item);
      child.dataset.key = key;
    }
    const next = before ? before.nextElementSibling : element.firstElementChild;
    if (next !== child) {
      element.insertBefore(child, next);
    }
    update(child, item);
    before = child;
  }
  old.forEach(child => child.remove());
}

/** Tells the outcome of something for a while. */
export function tell(text, isBad = false) {
  const notice = make("p", { textContent: text, className: isBad ? "is-bad" : "" });
  find("notices").append(notice);
  setTimeout(() => notice.remove(), isBad ? 12000 : 5000);
}

/** Asks before something that can't be taken back. */
export function ask(title, text, yes) {
  const dialog = find("ask-dialog");
  find("ask-title").textContent = title;
  find("ask-text").textContent = text;
  find("ask-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

export function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let value = count;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toPrecision(value >= 9.95 ? 3 : 2)} ${units[unit]}`;
}

/** A time in microseconds, as number and unit. */
export function time(microseconds) {
  if (microseconds < 999.5) {
    return [String(Math.round(microseconds)), "µs"];
  }
  const milliseconds = microseconds / 1000;
  return milliseconds < 999.5
    ? [milliseconds >= 99.5 ? String(Math.round(milliseconds)) : milliseconds.toPrecision(milliseconds >= 9.95 ? 3 : 2), "ms"]
    : [(milliseconds / 1000).toPrecision(3), "s"];
}

export const number = value => value >= 9950 ? `${(value / 1000).toFixed(value < 99950 ? 1 : 0).replace(".0", "")}k` : value >= 9.95 ? Math.round(value).toLocaleString("en") : value.toFixed(value === 0 ? 0 : 1);

/** A number of things: `1 run`, `1,200 runs`. */
export const count = (value, thing) => `${value.toLocaleString("en")} ${thing}${value === 1 ? "" : "s"}`;

export const percent = share => `${(share * 100).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;

export function ago(at, now) {
  const seconds = Math.max(0, (now - at) / 1000);
  const steps = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [Infinity, 86400, "d"]];
  const [, size, unit] = steps.find(([limit]) => seconds < limit);
  return seconds < 10 ? "just now" : `${Math.floor(seconds / size)} ${unit} ago`;
}

/** A bar that fills: what there is of what there may be. */
export function meter(label, value, parts, total) {
  const bar = make("div", { className: "bar", "aria-hidden": "true" });
  for (const [size, className] of parts) {
    if (size > 0) {
      const part = make("i", { className });
      part.style.width = `${Math.min(100, 100 * size / Math.max(total, 1))}%`;
      bar.append(part);
    }
  }
  return make("div", { className: "meter" }, make("div", { className: "label" }, make("span", { textContent: label }), make("span", { className: "quiet", textContent: value })), bar);
}
