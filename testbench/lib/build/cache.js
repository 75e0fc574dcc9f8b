"use strict";
var __awaiter = (this && this.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
var __generator = (this && this.__generator) || function (thisArg, body) {
    var _ = { label: 0, sent: function() { if (t[0] & 1) throw t[1]; return t[1]; }, trys: [], ops: [] }, f, y, t, g = Object.create((typeof Iterator === "function" ? Iterator : Object).prototype);
    return g.next = verb(0), g["throw"] = verb(1), g["return"] = verb(2), typeof Symbol === "function" && (g[Symbol.iterator] = function() { return this; }), g;
    function verb(n) { return function (v) { return step([n, v]); }; }
    function step(op) {
        if (f) throw new TypeError("Generator is already executing.");
        while (g && (g = 0, op[0] && (_ = 0)), _) try {
            if (f = 1, y && (t = op[0] & 2 ? y["return"] : op[0] ? y["throw"] || ((t = y["return"]) && t.call(y), 0) : y.next) && !(t = t.call(y, op[1])).done) return t;
            if (y = 0, t) op = [op[0] & 2, t.value];
            switch (op[0]) {
                case 0: case 1: t = op; break;
                case 4: _.label++; return { value: op[1], done: false };
                case 5: _.label++; y = op[1]; op = [0]; continue;
                case 7: op = _.ops.pop(); _.trys.pop(); continue;
                default:
                    if (!(t = _.trys, t = t.length > 0 && t[t.length - 1]) && (op[0] === 6 || op[0] === 2)) { _ = 0; continue; }
                    if (op[0] === 3 && (!t || (op[1] > t[0] && op[1] < t[3]))) { _.label = op[1]; break; }
                    if (op[0] === 6 && _.label < t[1]) { _.label = t[1]; t = op; break; }
                    if (t && _.label < t[2]) { _.label = t[2]; _.ops.push(op); break; }
                    if (t[2]) _.ops.pop();
                    _.trys.pop(); continue;
            }
            op = body.call(thisArg, _);
        } catch (e) { op = [6, e]; y = 0; } finally { f = t = 0; }
        if (op[0] & 5) throw op[1]; return { value: op[0] ? op[1] : void 0, done: true };
    }
};
var __classPrivateFieldSet = (this && this.__classPrivateFieldSet) || function (receiver, state, value, kind, f) {
    if (kind === "m") throw new TypeError("Private method is not writable");
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a setter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot write private member to an object whose class did not declare it");
    return (kind === "a" ? f.call(receiver, value) : f ? f.value = value : state.set(receiver, value)), value;
};
var __classPrivateFieldGet = (this && this.__classPrivateFieldGet) || function (receiver, state, kind, f) {
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a getter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot read private member from an object whose class did not declare it");
    return kind === "m" ? f : kind === "a" ? f.call(receiver) : f ? f.value : state.get(receiver);
};
var _Owner_path, _Owner_said, _Owner_since;
Object.defineProperty(exports, "__esModule", { value: true });
exports.patience = exports.machine = exports.cacheLimits = exports.ownCode = void 0;
exports.cacheDir = cacheDir;
exports.hashOf = hashOf;
exports.treeParts = treeParts;
exports.evict = evict;
exports.buildOnce = buildOnce;
var node_crypto_1 = require("node:crypto");
var node_fs_1 = require("node:fs");
var promises_1 = require("node:fs/promises");
var node_os_1 = require("node:os");
var node_path_1 = require("node:path");
var promises_2 = require("node:timers/promises");
var children_ts_1 = require("../children.ts");
/** Whether this runs from a clone's source and not from the compiled package. */
var fromSource = (0, node_path_1.extname)(import.meta.filename) === ".ts";
/** Path of a file of this folder's code by its name, as it runs: TypeScript in a clone, JavaScript in the package. */
var ownCode = function (name) { return (0, node_path_1.join)(import.meta.dirname, "".concat(name).concat((0, node_path_1.extname)(import.meta.filename))); };
exports.ownCode = ownCode;
/** Whether a folder, or else the nearest one above it, can be written. */
function writable(folder) {
    if (!(0, node_fs_1.existsSync)(folder) && (0, node_path_1.resolve)(folder, "..") !== folder)
        return writable((0, node_path_1.resolve)(folder, ".."));
    try {
        (0, node_fs_1.accessSync)(folder, node_fs_1.constants.W_OK);
        return true;
    }
    catch (_a) {
        return false;
    }
}
/**
 * `$ADDERNET_CACHE`; else `.cache/tb` in a clone that can be written, and in the user's folder of caches for an installed package, which may
 * be read-only and is replaced whole by npm.
 */
function cacheDir() {
    if (process.env.ADDERNET_CACHE)
        return (0, node_path_1.resolve)(process.env.ADDERNET_CACHE);
    var own = (0, node_path_1.resolve)(import.meta.dirname, "../../../.cache/tb");
    if (fromSource && writable(own))
        return own;
    return (0, node_path_1.join)(process.env.XDG_CACHE_HOME || (0, node_path_1.join)((0, node_os_1.homedir)(), ".cache"), "addernet-rtl/tb");
}
/** SHA-256 over parts that are kept apart, in hexadecimal. */
function hashOf(parts) {
    var h = (0, node_crypto_1.createHash)("sha256");
    for (var _i = 0, parts_1 = parts; _i < parts_1.length; _i++) {
        var p = parts_1[_i];
        h.update("".concat(typeof p === "string" ? Buffer.byteLength(p) : p.length, ":"));
        h.update(p);
    }
    return h.digest("hex").slice(0, 32);
}
/** Paths and contents of all Verilog files below a directory, for a cache key. */
function treeParts(dir) {
    var parts = [];
    var files = (0, node_fs_1.readdirSync)(dir, { recursive: true, encoding: "utf8" }).sort();
    for (var _i = 0, files_1 = files; _i < files_1.length; _i++) {
        var f = files_1[_i];
        var path = (0, node_path_1.join)(dir, f);
        if (/\.(v|vh|sv|svh|inc|h)$/.test(f) && (0, node_fs_1.statSync)(path).isFile())
            parts.push(path, (0, node_fs_1.readFileSync)(path));
    }
    return parts;
}
/** Part of a name that nobody else takes, on no machine that shares the folder. */
var unique = function () { return "".concat(process.pid, ".").concat(BigInt("0x".concat((0, node_crypto_1.randomBytes)(8).toString("hex")))); };
var EVICTION = "evicting.lock";
var MINUTE = 60000;
var HOUR = 60 * MINUTE;
// Marks a folder as used now. False when it is not there.
function touch(dir) {
    return __awaiter(this, void 0, void 0, function () {
        var now, _a;
        return __generator(this, function (_b) {
            switch (_b.label) {
                case 0:
                    now = new Date();
                    _b.label = 1;
                case 1:
                    _b.trys.push([1, 3, , 4]);
                    return [4 /*yield*/, (0, promises_1.utimes)(dir, now, now)];
                case 2:
                    _b.sent();
                    return [2 /*return*/, true];
                case 3:
                    _a = _b.sent();
                    return [2 /*return*/, false];
                case 4: return [2 /*return*/];
            }
        });
    });
}
// An eviction that begins after the touch leaves the folder alone; one that is under way may have chosen it before.
function use(root, dir) {
    return __awaiter(this, void 0, void 0, function () {
        var busy, owner, _a;
        return __generator(this, function (_b) {
            switch (_b.label) {
                case 0: return [4 /*yield*/, touch(dir)];
                case 1:
                    if (!(_b.sent()))
                        return [2 /*return*/, false];
                    busy = (0, node_path_1.join)(root, EVICTION);
                    if (!(0, node_fs_1.existsSync)(busy))
                        return [2 /*return*/, true];
                    owner = new Owner(busy);
                    _b.label = 2;
                case 2:
                    _a = (0, node_fs_1.existsSync)(busy);
                    if (!_a) return [3 /*break*/, 4];
                    return [4 /*yield*/, owner.isGone()];
                case 3:
                    _a = !(_b.sent());
                    _b.label = 4;
                case 4:
                    if (!_a) return [3 /*break*/, 6];
                    return [4 /*yield*/, (0, promises_2.setTimeout)(5)];
                case 5:
                    _b.sent();
                    return [3 /*break*/, 2];
                case 6: return [2 /*return*/, touch(dir)];
            }
        });
    });
}
var positive = function (name, otherwise) {
    var text = process.env[name];
    if (!text)
        return otherwise;
    var n = Number(text);
    if (!(n > 0))
        throw new RangeError("".concat(name, " must be a positive number, not ").concat(JSON.stringify(text)));
    return n;
};
/** 4 GiB, or `$ADDERNET_CACHE_MB`, and 30 days, or `$ADDERNET_CACHE_DAYS`. Throws a RangeError for nonsense. */
var cacheLimits = function () { return ({
    bytes: positive("ADDERNET_CACHE_MB", 4096) * Math.pow(2, 20),
    age: positive("ADDERNET_CACHE_DAYS", 30) * 24 * HOUR,
    grace: HOUR,
}); };
exports.cacheLimits = cacheLimits;
function sizeOf(dir) {
    var bytes = 0;
    for (var _i = 0, _a = (0, node_fs_1.readdirSync)(dir, { recursive: true, encoding: "utf8" }); _i < _a.length; _i++) {
        var f = _a[_i];
        var stat = (0, node_fs_1.statSync)((0, node_path_1.join)(dir, f), { throwIfNoEntry: false });
        if (stat === null || stat === void 0 ? void 0 : stat.isFile())
            bytes += stat.size;
    }
    return bytes;
}
/** Removes what the limits leave no room for; the names of it. Processes take turns. */
function evict(root, limits) {
    return __awaiter(this, void 0, void 0, function () {
        var unlock, gone, evicted, now, folders, _i, _a, entry, path, used, total, _b, _c, f, idle, grave, _d, gone_1, path;
        var _e;
        return __generator(this, function (_f) {
            switch (_f.label) {
                case 0: return [4 /*yield*/, lock((0, node_path_1.join)(root, EVICTION), function () { return false; })];
                case 1:
                    unlock = _f.sent();
                    if (!unlock)
                        return [2 /*return*/, []];
                    gone = [];
                    evicted = [];
                    _f.label = 2;
                case 2:
                    _f.trys.push([2, , 3, 5]);
                    now = Date.now();
                    folders = [];
                    for (_i = 0, _a = (0, node_fs_1.readdirSync)(root, { withFileTypes: true }); _i < _a.length; _i++) {
                        entry = _a[_i];
                        // A link belongs to somebody else's cache, a lock to its owner.
                        if (!entry.isDirectory() || entry.name.endsWith(".lock"))
                            continue;
                        path = (0, node_path_1.join)(root, entry.name);
                        used = (_e = (0, node_fs_1.statSync)(path, { throwIfNoEntry: false })) === null || _e === void 0 ? void 0 : _e.mtimeMs;
                        if (used === undefined)
                            continue;
                        // What killed processes left behind.
                        if (/^(tmp|gone)\./.test(entry.name) || /\.lock\.\d+\.\d+$/.test(entry.name)) {
                            if (entry.name.startsWith("gone.") || now - used > 24 * HOUR)
                                gone.push(path);
                        }
                        else
                            folders.push({ name: entry.name, used: used, bytes: sizeOf(path) });
                    }
                    total = folders.reduce(function (n, f) { return n + f.bytes; }, 0);
                    for (_b = 0, _c = folders.sort(function (a, b) { return a.used - b.used; }); _b < _c.length; _b++) {
                        f = _c[_b];
                        idle = now - f.used;
                        if (idle <= limits.grace || (total <= limits.bytes && idle <= limits.age))
                            break;
                        grave = (0, node_path_1.join)(root, "gone.".concat(unique(), ".").concat(f.name));
                        (0, node_fs_1.renameSync)((0, node_path_1.join)(root, f.name), grave);
                        gone.push(grave);
                        evicted.push(f.name);
                        total -= f.bytes;
                    }
                    return [3 /*break*/, 5];
                case 3: return [4 /*yield*/, unlock()];
                case 4:
                    _f.sent();
                    return [7 /*endfinally*/];
                case 5:
                    _d = 0, gone_1 = gone;
                    _f.label = 6;
                case 6:
                    if (!(_d < gone_1.length)) return [3 /*break*/, 9];
                    path = gone_1[_d];
                    return [4 /*yield*/, (0, promises_1.rm)(path, { recursive: true, force: true })];
                case 7:
                    _f.sent();
                    _f.label = 8;
                case 8:
                    _d++;
                    return [3 /*break*/, 6];
                case 9: return [2 /*return*/, evicted];
            }
        });
    });
}
// The time of this file says when somebody looked last; a look costs a stat of every file.
function evictNowAndThen(root) {
    return __awaiter(this, void 0, void 0, function () {
        var limits, mark;
        var _a, _b;
        return __generator(this, function (_c) {
            switch (_c.label) {
                case 0:
                    limits = (0, exports.cacheLimits)();
                    mark = (0, node_path_1.join)(root, ".evicted");
                    if (Date.now() - ((_b = (_a = (0, node_fs_1.statSync)(mark, { throwIfNoEntry: false })) === null || _a === void 0 ? void 0 : _a.mtimeMs) !== null && _b !== void 0 ? _b : 0) < 10 * MINUTE)
                        return [2 /*return*/];
                    return [4 /*yield*/, (0, promises_1.writeFile)(mark, "")];
                case 1:
                    _c.sent();
                    // Whoever cannot clean up can still simulate.
                    return [4 /*yield*/, evict(root, limits).catch(function () { return undefined; })];
                case 2:
                    // Whoever cannot clean up can still simulate.
                    _c.sent();
                    return [2 /*return*/];
            }
        });
    });
}
/**
 * Folder `<cache>/<name>`, built once: `make` fills a temporary folder that then gets its final name, so nobody ever
 * sees a folder half done. Processes that want the same folder wait for the one that builds it. The folder stays for
 * an hour at least; later it may make room for others.
 */
function buildOnce(name, make) {
    return __awaiter(this, void 0, void 0, function () {
        var root, final, unlock, temporary, release, e_1;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    root = cacheDir();
                    final = (0, node_path_1.join)(root, name);
                    return [4 /*yield*/, use(root, final)];
                case 1:
                    if (_a.sent())
                        return [2 /*return*/, final];
                    return [4 /*yield*/, (0, promises_1.mkdir)(root, { recursive: true })];
                case 2:
                    _a.sent();
                    return [4 /*yield*/, lock("".concat(final, ".lock"), function () { return (0, node_fs_1.existsSync)(final); })];
                case 3:
                    unlock = _a.sent();
                    if (!unlock)
                        return [2 /*return*/, final];
                    temporary = (0, node_path_1.join)(root, "tmp.".concat(unique(), ".").concat(name));
                    release = (0, children_ts_1.mustGo)(temporary);
                    _a.label = 4;
                case 4:
                    _a.trys.push([4, , 12, 15]);
                    if ((0, node_fs_1.existsSync)(final))
                        return [2 /*return*/, final];
                    return [4 /*yield*/, (0, promises_1.mkdir)(temporary)];
                case 5:
                    _a.sent();
                    return [4 /*yield*/, make(temporary)];
                case 6:
                    _a.sent();
                    _a.label = 7;
                case 7:
                    _a.trys.push([7, 9, , 10]);
                    return [4 /*yield*/, (0, promises_1.rename)(temporary, final)];
                case 8:
                    _a.sent();
                    return [3 /*break*/, 10];
                case 9:
                    e_1 = _a.sent();
                    if (!(0, node_fs_1.existsSync)(final))
                        throw e_1;
                    return [3 /*break*/, 10];
                case 10: return [4 /*yield*/, evictNowAndThen(root)];
                case 11:
                    _a.sent();
                    return [2 /*return*/, final];
                case 12: return [4 /*yield*/, (0, promises_1.rm)(temporary, { recursive: true, force: true })];
                case 13:
                    _a.sent();
                    release();
                    return [4 /*yield*/, unlock()];
                case 14:
                    _a.sent();
                    return [7 /*endfinally*/];
                case 15: return [2 /*return*/];
            }
        });
    });
}
/** Where a process number means something: this host since it started, and this container on it. */
exports.machine = (function () {
    var parts = [(0, node_os_1.hostname)()];
    try {
        parts.push((0, node_fs_1.readFileSync)("/proc/sys/kernel/random/boot_id", "utf8").trim(), (0, node_fs_1.readlinkSync)("/proc/self/ns/pid"));
    }
    catch (_a) {
        // Not Linux: the name of the host has to do.
    }
    return parts.join(" ");
})();
/** Milliseconds. Clocks of machines differ: whoever waits measures with its own how long it saw no change. */
exports.patience = {
    /** Between two signs of life of an owner. */
    beat: 5000,
    /** Without a sign of life, after which an owner counts as dead, on whatever machine it is. */
    silent: 60000,
    /** For a lock that names no owner: it was made a moment ago, or its owner died between the two. */
    unwritten: 5000,
};
// A lock is a folder, which only one process of all machines can make; a file in it says who did, and changes while the
// owner lives. Two builders after a broken lock do no harm: the final rename is atomic and both make the same.
function lock(path, done) {
    return __awaiter(this, void 0, void 0, function () {
        var owner, wait, e_2, grave;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    owner = new Owner(path);
                    wait = 5;
                    _a.label = 1;
                case 1:
                    _a.trys.push([1, 4, , 5]);
                    return [4 /*yield*/, (0, promises_1.mkdir)(path)];
                case 2:
                    _a.sent();
                    return [4 /*yield*/, holding(path)];
                case 3: return [2 /*return*/, _a.sent()];
                case 4:
                    e_2 = _a.sent();
                    if (e_2.code !== "EEXIST")
                        throw e_2;
                    return [3 /*break*/, 5];
                case 5:
                    if (done())
                        return [2 /*return*/, undefined];
                    return [4 /*yield*/, owner.isGone()];
                case 6:
                    if (!_a.sent()) return [3 /*break*/, 9];
                    grave = "".concat(path, ".").concat(unique());
                    return [4 /*yield*/, (0, promises_1.rename)(path, grave).catch(function () { return undefined; })];
                case 7:
                    _a.sent();
                    return [4 /*yield*/, (0, promises_1.rm)(grave, { recursive: true, force: true })];
                case 8:
                    _a.sent();
                    return [3 /*break*/, 11];
                case 9: return [4 /*yield*/, (0, promises_2.setTimeout)(wait)];
                case 10:
                    _a.sent();
                    _a.label = 11;
                case 11:
                    wait = Math.min(wait * 2, 100);
                    return [3 /*break*/, 1];
                case 12: return [2 /*return*/];
            }
        });
    });
}
/** Says in a new lock whose it is, now and from time to time; the result removes it. */
function holding(path) {
    return __awaiter(this, void 0, void 0, function () {
        var beats, sign, e_3, beat;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    beats = 0;
                    sign = function () { return (0, promises_1.writeFile)((0, node_path_1.join)(path, "pid"), "".concat(process.pid, "\n").concat(exports.machine, "\n").concat(beats++, "\n")); };
                    _a.label = 1;
                case 1:
                    _a.trys.push([1, 3, , 5]);
                    return [4 /*yield*/, sign()];
                case 2:
                    _a.sent();
                    return [3 /*break*/, 5];
                case 3:
                    e_3 = _a.sent();
                    // Where nothing can be written, nobody else has to wait for it.
                    return [4 /*yield*/, (0, promises_1.rm)(path, { recursive: true, force: true })];
                case 4:
                    // Where nothing can be written, nobody else has to wait for it.
                    _a.sent();
                    throw e_3;
                case 5:
                    beat = setInterval(function () { return void sign().catch(function () { return clearInterval(beat); }); }, exports.patience.beat);
                    beat.unref();
                    return [2 /*return*/, function () {
                            clearInterval(beat);
                            return (0, promises_1.rm)(path, { recursive: true, force: true });
                        }];
            }
        });
    });
}
/** What one who waits knows of a lock's owner. */
var Owner = /** @class */ (function () {
    function Owner(path) {
        _Owner_path.set(this, void 0);
        _Owner_said.set(this, void 0);
        _Owner_since.set(this, performance.now());
        __classPrivateFieldSet(this, _Owner_path, path, "f");
    }
    Owner.prototype.isGone = function () {
        return __awaiter(this, void 0, void 0, function () {
            var said, silent, _a, pid, where;
            return __generator(this, function (_b) {
                switch (_b.label) {
                    case 0: return [4 /*yield*/, (0, promises_1.readFile)((0, node_path_1.join)(__classPrivateFieldGet(this, _Owner_path, "f"), "pid"), "utf8").catch(function () { return ""; })];
                    case 1:
                        said = _b.sent();
                        if (said !== __classPrivateFieldGet(this, _Owner_said, "f")) {
                            __classPrivateFieldSet(this, _Owner_said, said, "f");
                            __classPrivateFieldSet(this, _Owner_since, performance.now(), "f");
                        }
                        silent = performance.now() - __classPrivateFieldGet(this, _Owner_since, "f");
                        _a = said.split("\n"), pid = _a[0], where = _a[1];
                        if (!(Number(pid) > 0))
                            return [2 /*return*/, silent > exports.patience.unwritten];
                        if (silent > exports.patience.silent)
                            return [2 /*return*/, true];
                        if (where !== exports.machine)
                            return [2 /*return*/, false];
                        try {
                            process.kill(Number(pid), 0);
                            return [2 /*return*/, false];
                        }
                        catch (e) {
                            return [2 /*return*/, e.code === "ESRCH"];
                        }
                        return [2 /*return*/];
                }
            });
        });
    };
    return Owner;
}());
_Owner_path = new WeakMap(), _Owner_said = new WeakMap(), _Owner_since = new WeakMap();
