// What came between two looks at the server's counters, which only count up.

const points = 120;

/** The percentile of counts by size, sizes ascending. */
export function percentile(counts, share) {
  const sizes = [...counts.entries()].sort((a, b) => a[0] - b[0]);
  const total = sizes.reduce((sum, [, count]) => sum + count, 0);
  let rank = Math.max(1, Math.ceil(total * share));
  for (const [size, count] of sizes) {
    rank -= count;
    if (rank <= 0) {
      return size;
    }
  }
  return null;
}

export class Figures {
  #before = null;
  #beforeAt = 0;
  #series = new Map();

  /** The models that have figures. */
  get models() {
    return [...this.#series.keys()].filter(model => model !== "");
  }

  /** Points of a model's figures, the latest last; of all models' for the empty name. */
  of(model) {
    return this.#series.get(model) ?? [];
  }

  /** Takes what the server has counted by now. */
  add(requests, at) {
    const now = new Map(requests.map(entry => [entry.model, { ok: entry.succeeded, failed: entry.failed, latency: new Map(entry.latency) }]));
    const before = this.#before;
    const seconds = (at - this.#beforeAt) / 1000;
    this.#before = now;
    this.#beforeAt = at;

    // Counters that fell are another server's, or the same one's after a restart.
    if (!before || [...before].some(([model, was]) => (now.get(model)?.ok ?? 0) < was.ok)) {
      return;
    }

    const all = { ok: 0, failed: 0, latency: new Map() };
    for (const [model, is] of now) {
      const change = difference(is, before.get(model));
      this.#push(model, change, seconds, at);
      all.ok += change.ok;
      all.failed += change.failed;
      change.latency.forEach((count, size) => all.latency.set(size, (all.latency.get(size) ?? 0) + count));
    }
    this.#push("", all, seconds, at);
  }

  /** Says that nothing is known of this moment. */
  skip(at) {
    this.#before = null;
    this.#series.forEach(series => append(series, { at, rate: null, failures: null, p50: null, p99: null }));
  }

  #push(model, change, seconds, at) {
    if (!this.#series.has(model)) {
      this.#series.set(model, []);
    }
    append(this.#series.get(model), {
      at,
      rate: (change.ok + change.failed) / seconds,
      failures: change.failed / seconds,
      p50: percentile(change.latency, 0.5),
      p99: percentile(change.latency, 0.99),
    });
  }
}

function append(series, point) {
  series.push(point);
  if (series.length > points) {
    series.shift();
  }
}

function difference(is, was = { ok: 0, failed: 0, latency: new Map() }) {
  const latency = new Map();
  is.latency.forEach((count, size) => {
    const more = count - (was.latency.get(size) ?? 0);
    if (more > 0) {
      latency.set(size, more);
    }
  });
  return { ok: is.ok - was.ok, failed: is.failed - was.failed, latency };
}
