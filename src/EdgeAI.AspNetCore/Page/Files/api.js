// The server's own addresses, asked with the visitor's key.

const root = new URL(document.documentElement.dataset.root, document.location.href);
const keyName = "edgeai-key";

export class ServerError extends Error {
  /** status: the answer's; 0 when there was none. */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const key = {
  get: () => sessionStorage.getItem(keyName),
  set: value => value ? sessionStorage.setItem(keyName, value) : sessionStorage.removeItem(keyName),
};

/** Addresses have model names in them, slashes and all. */
export const encode = name => encodeURIComponent(name);

/** Asks, and gives the answer if it is a good one. */
export async function ask(path, { method = "GET", json, body, headers = {}, signal } = {}) {
  const sent = { ...headers };
  if (key.get()) {
    sent["X-Api-Key"] = key.get();
  }
  if (json !== undefined) {
    sent["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(new URL(path, root), { method, headers: sent, body: json === undefined ? body : JSON.stringify(json), signal, cache: "no-store", credentials: "same-origin", redirect: "error" });
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new ServerError(0, "The server does not answer.");
  }
  if (!answer.ok) {
    throw new ServerError(answer.status, await reasonOf(answer));
  }
  return answer;
}

export const askJson = async (path, options) => (await ask(path, options)).json();

async function reasonOf(answer) {
  try {
    return (await answer.json()).error ?? `The server answered ${answer.status}.`;
  } catch {
    return `The server answered ${answer.status}.`;
  }
}
