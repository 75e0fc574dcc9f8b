"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.wordsOf = exports.ARGUMENT_WORDS = exports.WAKE = exports.FIELD_NAMES = exports.FIELD = exports.KIND = exports.MAX_AGENTS = exports.AGENT_WORDS = exports.A = exports.REASON = exports.FLAG = exports.FOUND = exports.G = exports.COMMAND = exports.STATUS = exports.MAX_CLOCKS = exports.CLOCK_WORDS = exports.C = exports.H = void 0;
// The same numbers as native/layout.h; layout.test.ts compares them.
exports.H = {
    REQ: 0,
    REQ_SLEEP: 1,
    STATUS: 2,
    REASON: 3,
    COMMAND: 4,
    WANT_RISE: 5,
    WANT_FALL: 6,
    WANT_SETTLED: 7,
    TIMER_LO: 8,
    TIMER_HI: 9,
    NOW_LO: 10,
    NOW_HI: 11,
    DID_RISE: 12,
    DID_FALL: 13,
    MAX_CYCLES: 15,
    ACK: 16,
    ACK_SLEEP: 17,
    IN_RESET: 18,
    RESET_EDGES: 19,
    CHECK_X: 20,
    CLOCKS: 21,
    AGENTS: 22,
    AGENT_BASE: 23,
    LOG_BYTES: 24,
    MASK: 25,
    DUMP_FROM: 26,
    DUMP_TO: 27,
    WORDS: 28,
    ARGUMENT: 29,
    CLOCK_TABLE: 32,
    PORTS: 128,
};
exports.C = { PORT: 0, PERIOD: 1, FIRST_RISE: 2, CYCLES: 3 };
exports.CLOCK_WORDS = 8;
exports.MAX_CLOCKS = 8;
exports.STATUS = { RUNNING: 0, FINISH: 1, STOP: 2, FATAL: 3, ENDED: 4, ERROR: 5 };
exports.COMMAND = { RUN: 0, QUIT: 1, FIND: 2, LIST: 3, READ: 4, WRITE: 5, FORCE: 6, RELEASE: 7 };
exports.G = { FOUND: 0, ID: 1, ELEMENT: 2, WIDTH: 3, FLAGS: 4, LEFT: 5, RIGHT: 6, BYTES: 7, DATA: 8 };
exports.FOUND = { NOTHING: 0, SCOPE: 1, SIGNAL: 2, ARRAY: 3 };
exports.FLAG = { CONSTANT: 1 };
exports.REASON = { EDGE: 1, TIMER: 2, AGENT: 4, LIMIT: 8, SETTLED: 16, STATUS: 32, SLICE: 64 };
exports.A = {
    KIND: 0,
    CLOCK: 1,
    VALID: 2,
    READY: 3,
    FIELDS: 4,
    ENTRY: 5,
    RING: 6,
    CAPACITY: 7,
    HEAD: 8,
    TAIL: 9,
    PAUSE: 10,
    RANDOM: 11,
    HOLD: 12,
    ACTIVE: 13,
    BEATS: 14,
    FRAMES: 15,
    WAKE: 16,
    WAKE_BEATS: 17,
    WAKE_FRAMES: 18,
    FIRED: 19,
    RULE: 20,
    RULE_CYCLE: 21,
    RULE_FIELD: 22,
    CHECKS: 23,
    STALLED: 24,
    STALL_NOW: 25,
    MAX_STALL: 26,
    FRAME_BEATS: 27,
    FRAME_POS: 28,
    STALLS: 29,
    LAST_CYCLE: 30,
    NOISE: 31,
    FIELD: 32,
    SHADOW: 48,
    RECORD: 49,
    SEEN_VALID: 50,
    SEEN_READY: 51,
    DATA_BITS: 52,
};
exports.AGENT_WORDS = 64;
exports.MAX_AGENTS = 256;
exports.KIND = { NONE: 0, SOURCE: 1, SINK: 2, MONITOR: 3 };
exports.FIELD = { DATA: 0, LAST: 1, KEEP: 2, USER: 3, ID: 4, DEST: 5 };
exports.FIELD_NAMES = ["tdata", "tlast", "tkeep", "tuser", "tid", "tdest"];
exports.WAKE = { BEATS: 1, FRAMES: 2, FULL: 4, RULE: 8 };
/** Words that `H.ARGUMENT` points at: a value of half as many with its X bits, or 64 KiB of text. */
exports.ARGUMENT_WORDS = 16 * 1024 + 16;
var wordsOf = function (width) { return (width + 31) >>> 5; };
exports.wordsOf = wordsOf;
