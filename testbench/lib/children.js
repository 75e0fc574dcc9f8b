"use strict";
var __assign = (this && this.__assign) || function () {
    __assign = Object.assign || function(t) {
        for (var s, i = 1, n = arguments.length; i < n; i++) {
            s = arguments[i];
            for (var p in s) if (Object.prototype.hasOwnProperty.call(s, p))
                t[p] = s[p];
        }
        return t;
    };
    return __assign.apply(this, arguments);
};
var __spreadArray = (this && this.__spreadArray) || function (to, from, pack) {
    if (pack || arguments.length === 2) for (var i = 0, l = from.length, ar; i < l; i++) {
        if (ar || !(i in from)) {
            if (!ar) ar = Array.prototype.slice.call(from, 0, i);
            ar[i] = from[i];
        }
    }
    return to.concat(ar || Array.prototype.slice.call(from));
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.startTool = startTool;
exports.temporaryFolder = temporaryFolder;
exports.mustGo = mustGo;
// Programs and folders that must not outlive this process, however it ends: by itself, by a signal, or killed.
var node_child_process_1 = require("node:child_process");
var node_fs_1 = require("node:fs");
var node_os_1 = require("node:os");
var node_path_1 = require("node:path");
/** Process groups that run, by their leader's id. */
var groups = new Map();
var folders = new Set();
/**
 * A program in a process group of its own, which ends with this process, together with what it started itself.
 * SIGINT, SIGTERM and SIGHUP wait for no event loop that computes: they are taken only while such a program runs.
 */
function startTool(command, args, options) {
    var child = (0, node_child_process_1.spawn)(command, args, __assign(__assign({}, options), { detached: true }));
    var pid = child.pid;
    if (pid === undefined)
        return child;
    groups.set(pid, child);
    tell("+".concat(pid));
    if (groups.size === 1)
        for (var _i = 0, SIGNALS_1 = SIGNALS; _i < SIGNALS_1.length; _i++) {
            var s = SIGNALS_1[_i];
            process.on(s, endBySignal);
        }
    var gone = function () {
        if (!groups.delete(pid))
            return;
        tell("-".concat(pid));
        if (groups.size === 0)
            for (var _i = 0, SIGNALS_2 = SIGNALS; _i < SIGNALS_2.length; _i++) {
                var s = SIGNALS_2[_i];
                process.off(s, endBySignal);
            }
    };
    child.once("exit", gone);
    child.once("error", gone);
    return child;
}
/** A new folder under the system's temporary one, which goes with this process at the latest. */
function temporaryFolder(prefix) {
    var path = (0, node_fs_1.mkdtempSync)((0, node_path_1.join)((0, node_path_1.resolve)((0, node_os_1.tmpdir)()), prefix));
    var release = mustGo(path);
    return {
        path: path,
        remove: function () {
            (0, node_fs_1.rmSync)(path, { recursive: true, force: true });
            release();
        },
    };
}
/** A folder that goes with this process unless it is released. */
function mustGo(folder) {
    var path = (0, node_path_1.resolve)(folder);
    var told = !path.includes("\n");
    folders.add(path);
    tell(told ? "D".concat(path) : "");
    return function () {
        folders.delete(path);
        tell(told ? "R".concat(path) : "");
    };
}
var SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
function endBySignal(signal) {
    killGroups("SIGTERM");
    // Somebody else answers the signal as well, and says when the process ends.
    if (process.listeners(signal).some(function (l) { return l !== endBySignal; }))
        return;
    var end = function () { return process.exit(128 + node_os_1.constants.signals[signal]); };
    var left = __spreadArray([], groups.values(), true).filter(function (c) { return c.exitCode === null && c.signalCode === null; });
    if (left.length === 0)
        end();
    var open = left.length;
    for (var _i = 0, left_1 = left; _i < left_1.length; _i++) {
        var child = left_1[_i];
        child.once("exit", function () {
            if (--open === 0)
                end();
        });
    }
    setTimeout(end, GRACE);
}
/** What a tool gets to remove its own files, in milliseconds. */
var GRACE = 500;
function killGroups(signal) {
    for (var _i = 0, _a = groups.keys(); _i < _a.length; _i++) {
        var pid = _a[_i];
        try {
            process.kill(-pid, signal);
        }
        catch (_b) {
            // It has ended.
        }
    }
}
function clear() {
    killGroups("SIGKILL");
    for (var _i = 0, folders_1 = folders; _i < folders_1.length; _i++) {
        var path = folders_1[_i];
        (0, node_fs_1.rmSync)(path, { recursive: true, force: true });
    }
}
/**
 * Reads what must go, a line each, until this process is there no more; then ends and removes it. A shell starts in a
 * millisecond; its text is fixed, and what it reads is never part of a command.
 */
var WATCH = "\nset -f\npids=\nwhile IFS= read -r line; do\n  rest=${line#?}\n  case $line in\n    +*) pids=\"$pids $rest\" ;;\n    -*) next=; for p in $pids; do [ \"$p\" = \"$rest\" ] || next=\"$next $p\"; done; pids=$next ;;\n    D*) set -- \"$@\" \"$rest\" ;;\n    R*) n=$#; while [ \"$n\" -gt 0 ]; do d=$1; shift; [ \"$d\" = \"$rest\" ] || set -- \"$@\" \"$d\"; n=$((n - 1)); done ;;\n  esac\ndone\nfor p in $pids; do kill -s TERM -- \"-$p\"; done\nif [ -n \"$pids\" ]; then sleep 0.3; fi\nfor p in $pids; do kill -s KILL -- \"-$p\"; done\nfor d in \"$@\"; do rm -rf -- \"$d\"; done\n";
var watch;
function tell(line) {
    var _a, _b, _c, _d;
    if (!watch) {
        watch = (0, node_child_process_1.spawn)("/bin/sh", ["-c", WATCH], { cwd: "/", detached: true, stdio: ["pipe", "ignore", "ignore"] });
        // Whatever cannot be watched still ends with every ordinary end of this process.
        watch.on("error", function () { return undefined; });
        (_a = watch.stdin) === null || _a === void 0 ? void 0 : _a.on("error", function () { return undefined; });
        watch.unref();
        (_c = (_b = watch.stdin) === null || _b === void 0 ? void 0 : _b.unref) === null || _c === void 0 ? void 0 : _c.call(_b);
        process.on("exit", clear);
    }
    (_d = watch.stdin) === null || _d === void 0 ? void 0 : _d.write("".concat(line, "\n"));
}
