export const find = id => document.getElementById(id);

export const draw = (tag, attributes = {}) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
};

/** A row of a list: text from a model, and a note beside it. */
export function row(text, note) {
  const item = document.createElement("li");
  item.append(...[text, note].map(part => Object.assign(document.createElement("span"), { textContent: part })));
  item.lastElementChild.className = "quiet";
  return item;
}

export function fail(id, text) {
  find(id).hidden = !text;
  find(id).textContent = text ?? "";
}

/** Sends a file, and gives the answer, or throws the server's reason. */
export async function send(path, body, signal) {
  const answer = await fetch(path, { method: "POST", body, signal });
  if (!answer.ok) {
    throw new Error((await answer.json().catch(() => ({}))).error ?? `The server answered ${answer.status}.`);
  }
  return answer;
}
