// The bundler puts this in place of Node's global of that name.
export { Buffer } from "buffer/";
