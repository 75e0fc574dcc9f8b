// Runs one WebAssembly tool in a thread of its own: the tool computes without pause, the event loop stays free.
import { parentPort, workerData } from "node:worker_threads";
import { runCommand } from "./yowasp.mjs";

const { module, command, args, files } = workerData;
parentPort.postMessage(
  await runCommand(await import(module), command, args, files, (text) => parentPort.postMessage({ text })),
);
