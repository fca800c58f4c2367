import { ask, askJson, encode } from "./api.js";
import { bytes, find } from "./dom.js";

const slice = 1024 * 1024;
const longestPause = 8000;
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

/** The upload box, and fetching from addresses and clusters. */
export class Add {
  #file = null;
  #going = null;
  #wasNamed = false;

  constructor({ refresh }) {
    this.refresh = refresh;
    const drop = find("drop");
    find("upload-file").addEventListener("change", event => this.#pick(event.target.files[0]));
    drop.addEventListener("dragover", event => { event.preventDefault(); drop.classList.add("is-over"); });
    // A file that is dropped beside it is not opened instead of the page.
    document.addEventListener("dragover", event => event.preventDefault());
    document.addEventListener("drop", event => event.preventDefault());
    drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
    drop.addEventListener("drop", event => { event.preventDefault(); drop.classList.remove("is-over"); this.#pick(event.dataTransfer.files[0]); });
    find("upload-name").addEventListener("input", () => { this.#wasNamed = true; });
    find("upload-form").addEventListener("submit", event => { event.preventDefault(); this.#upload(); });
    find("upload-cancel").addEventListener("click", () => this.#going?.abort());
    find("fetch-form").addEventListener("submit", event => { event.preventDefault(); this.#fetch(event.submitter); });
  }

  #pick(file) {
    if (!file || this.#going) {
      return;
    }
    this.#file = file;
    find("drop").firstElementChild.textContent = `${file.name}, ${bytes(file.size)}`;
    find("upload-start").disabled = false;
    find("upload-result").hidden = true;
    if (!this.#wasNamed) {
      find("upload-name").value = `${nameFrom(file.name)}:latest`;
    }
  }

  async #upload() {
    if (this.#going || !this.#file) {
      return;
    }
    this.#going = new AbortController();
    this.#busy(true);
    try {
      const upload = new Upload(this.#file, find("upload-name").value.trim(), this.#going.signal, (done, text) => this.#progress(done, text));
      const result = await upload.run();
      this.#tell(result.wasPresent ? `${result.name}:${result.tag} was there already.` : `${result.name}:${result.tag} is imported: ${bytes(result.length)}, of which ${bytes(result.storedBytes)} were stored anew.`, false);
      this.refresh();
    } catch (error) {
      this.#tell(this.#going.signal.aborted ? "The upload is cancelled." : error.message, !this.#going.signal.aborted);
    } finally {
      this.#going = null;
      this.#busy(false);
    }
  }

  async #fetch(button) {
    const [name, source] = [find("fetch-name").value.trim(), find("fetch-source").value.trim()];
    const result = find("fetch-result");
    button.disabled = true;
    result.hidden = false;
    result.className = "result";
    result.textContent = "Fetching. This goes on in the server; it may take long.";
    try {
      const path = `edgeai/v1/models/${encode(name)}`;
      const model = source ? await askJson(`${path}/import`, { method: "POST", json: { source } }) : await askJson(`${path}/pull`, { method: "POST", json: {} });
      result.className = "result is-good";
      result.textContent = `${model.name}:${model.tag ?? ""} is here, ${bytes(model.length)}.`;
      this.refresh();
    } catch (error) {
      result.className = "result is-bad";
      result.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }

  #busy(isBusy) {
    find("upload-progress").hidden = !isBusy;
    find("upload-cancel").hidden = !isBusy;
    find("upload-start").disabled = isBusy;
    find("upload-file").disabled = isBusy;
    if (isBusy) {
      find("upload-result").hidden = true;
    }
  }

  #progress(share, text) {
    find("upload-bar").value = share;
    find("upload-state").textContent = text;
  }

  #tell(text, isBad) {
    const result = find("upload-result");
    result.hidden = false;
    result.className = `result ${isBad ? "is-bad" : "is-good"}`;
    result.textContent = text;
  }
}

/** A file on its way, slice by slice. What is there by now is what the server says, so that it goes on after any break, also of this page. */
class Upload {
  constructor(file, model, signal, progress) {
    Object.assign(this, { file, model, signal, progress });
    this.name = `edgeai-upload ${model} ${file.name} ${file.size} ${file.lastModified}`;
  }

  async run() {
    let place = sessionStorage.getItem(this.name);
    try {
      let offset = place ? await this.#offset(place) : null;
      if (offset === null) {
        const begun = await askJson("edgeai/v1/uploads", { method: "POST", json: { model: this.model, length: this.file.size, file: this.file.name }, signal: this.signal });
        place = `edgeai/v1/uploads/${begun.id}`;
        offset = begun.offset;
        sessionStorage.setItem(this.name, place);
      }
      const result = await this.#send(place, offset);
      sessionStorage.removeItem(this.name);
      return result;
    } catch (error) {
      if (this.signal.aborted && place) {
        await ask(place, { method: "DELETE" }).catch(() => { /* It goes by itself after a day. */ });
      }
      if (this.signal.aborted || error.status >= 400) {
        sessionStorage.removeItem(this.name);
      }
      throw error;
    }
  }

  async #send(place, offset) {
    let wait = 500;
    while (true) {
      this.progress(offset / this.file.size, offset + slice >= this.file.size && offset > 0 ? "Importing" : `${bytes(offset)} of ${bytes(this.file.size)}`);
      try {
        const answer = await ask(place, { method: "PATCH", headers: { "Upload-Offset": String(offset) }, body: this.file.slice(offset, offset + slice), signal: this.signal });
        if (answer.status === 201) {
          return await answer.json();
        }
        offset = Number(answer.headers.get("Upload-Offset"));
        wait = 500;
      } catch (error) {
        // No answer, or another request of this upload that the server has not given up yet.
        if (this.signal.aborted || (error.status !== 0 && error.status !== 409)) {
          throw error;
        }
        this.progress(offset / this.file.size, `The connection broke at ${bytes(offset)}; it goes on as soon as the server answers.`);
        await pause(wait);
        wait = Math.min(wait * 2, longestPause);
        offset = await this.#offset(place).catch(() => offset) ?? offset;
      }
    }
  }

  /** Where an upload stands; null when there is none any more. */
  async #offset(place) {
    try {
      return Number((await ask(place, { method: "HEAD", signal: this.signal })).headers.get("Upload-Offset"));
    } catch (error) {
      if (error.status === 404) {
        return null;
      }
      throw error;
    }
  }
}

function nameFrom(file) {
  return file.replace(/\.(onnx|safetensors|gguf|bin|zip)$/iu, "").replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[.-]+/u, "") || "model";
}
