// A thread of progress.ts. Plain JavaScript without imports of the project's: it starts under every loader, and quickly.
const { writeSync } = require("node:fs");
const { workerData } = require("node:worker_threads");

const { fd, from, erase } = workerData;
const state = new Int32Array(workerData.state);
const since = new Float64Array(workerData.since);
const text = new Uint8Array(workerData.text);
const [LOCK, VISIBLE, LENGTH] = [0, 1, 2];
let shown = "";

function paint() {
  const now = performance.timeOrigin + performance.now();
  if (now < from || Atomics.compareExchange(state, LOCK, 0, 1) !== 0) return;
  try {
    if (state[LENGTH] === 0) return;
    const seconds = Math.floor((now - since[0]) / 1000);
    const line = `${Buffer.from(text.slice(0, state[LENGTH]))}${seconds > 0 ? `, ${seconds} s` : ""}`;
    if (line === shown && state[VISIBLE]) return;
    writeSync(fd, `${erase}${line}`);
    shown = line;
    state[VISIBLE] = 1;
  } catch {
    // A terminal that is busy for a moment is tried again.
  } finally {
    Atomics.store(state, LOCK, 0);
    Atomics.notify(state, LOCK);
  }
}

setInterval(paint, 100);
