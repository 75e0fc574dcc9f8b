// Tensors and their types. Types only; nothing here runs.
export {};
