/** Bytes that begin a message to a board whose weights are written at run time (templates/serial_command.v). */
export const MESSAGES = {
  ...{ frame: 0x46, weights: 0x57, memory: 0x4d, status: 0x53 },
  ...{ readBack: 0x52, crc: 0x43 },
} as const;
