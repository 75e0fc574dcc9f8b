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
exports.topModules = topModules;
exports.newBench = newBench;
// A bench to begin with, written from the ports of a design: it runs, and says where to go on.
var design_ts_1 = require("./design.ts");
var simulators_ts_1 = require("./simulators.ts");
/** Names of the modules in some Verilog text that no other module of it instantiates, in the order in which they stand. */
function topModules(text) {
    var plain = text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"/g, " ");
    var modules = __spreadArray([], plain.matchAll(/\bmodule\s+(?:automatic\s+|static\s+)?(\\\S+|[A-Za-z_][\w$]*)/g), true).map(function (m) {
        return m[1].replace(/^\\/, "");
    });
    var used = function (name) {
        return plain.split(/\bmodule\b/).some(function (body) {
            var rest = body.replace(/^\s*(?:automatic\s+|static\s+)?(?:\\\S+|[\w$]+)/, "");
            var at = rest.search(new RegExp("(?<![\\w$.`])\\\\?".concat(name.replace(/[^\w]/g, "\\$&"), "\\s*(#\\s*\\(|[A-Za-z_\\\\][\\w$]*\\s*(\\[[^\\]]*\\]\\s*)?\\()")));
            return at >= 0;
        });
    };
    return __spreadArray([], new Set(modules), true).filter(function (m) { return !used(m); });
}
var CLOCK = /^(.*_)?(clk|clock|aclk|pclk|hclk)(\d|_i|_in|_[a-z0-9])?$/i;
var RESET = /^(.*_)?(a|p|h|n)?(rst|reset)(n|_n|_ni|_i|_in|_p)?$/i;
var LOW = /(rstn|resetn|_n|_ni|nrst|nreset)$/i;
var word = function (prefix) {
    var camel = prefix.replace(/[^A-Za-z0-9]+(.)?/g, function (_, c) { return (c !== null && c !== void 0 ? c : "").toUpperCase(); });
    return /^[A-Za-z]/.test(camel) && !RESERVED.has(camel)
        ? camel
        : "bus".concat(camel.charAt(0).toUpperCase()).concat(camel.slice(1));
};
var RESERVED = new Set("in out do if for new let var case this test run tb log design import export delete void with".split(" "));
// The buses of a design, and the ports that belong to none.
function busesOf(ports) {
    var _a;
    var byName = new Map(ports.map(function (p) { return [p.name, p]; }));
    var buses = [];
    var taken = new Set();
    var take = function (pattern) {
        for (var _i = 0, ports_1 = ports; _i < ports_1.length; _i++) {
            var p = ports_1[_i];
            if (pattern.test(p.name))
                taken.add(p.name);
        }
    };
    var prefixes = function (suffix) {
        return ports.filter(function (p) { return p.name.endsWith(suffix); }).map(function (p) { return [p.name.slice(0, -suffix.length), p]; });
    };
    var quoted = function (s) { return s.replace(/[^\w]/g, "\\$&"); };
    var add = function (prefix, make, use, check) {
        buses.push(__assign({ name: word(prefix), make: make, use: use }, (check ? { check: check } : {})));
    };
    for (var _i = 0, _b = prefixes("_tvalid"); _i < _b.length; _i++) {
        var _c = _b[_i], p = _c[0], port = _c[1];
        var data = byName.get("".concat(p, "_tdata"));
        if (!data)
            continue;
        var name_1 = word(p);
        if (port.direction === "input")
            add(p, "tb.axisSource(".concat(JSON.stringify(p), ", { pause: 0.3 })"), [
                "".concat(name_1, ".sendNowait(Array.from({ length: 4 }, () => tb.rand.bits(").concat(data.width, ")));"),
            ]);
        else
            add(p, "tb.axisSink(".concat(JSON.stringify(p), ", { pause: 0.3 })"), ["log.info(`".concat(name_1, ": ${").concat(name_1, ".count()} frames came`);")], "tb.protocolCheck(".concat(JSON.stringify(p), ");"));
        take(new RegExp("^".concat(quoted(p), "_t(data|valid|ready|last|keep|strb|user|id|dest)$")));
    }
    var axi = new Set(__spreadArray(__spreadArray([], prefixes("_awaddr"), true), prefixes("_araddr"), true).map(function (_a) {
        var p = _a[0];
        return p;
    }));
    for (var _d = 0, axi_1 = axi; _d < axi_1.length; _d++) {
        var p = axi_1[_d];
        var address = (_a = byName.get("".concat(p, "_awaddr"))) !== null && _a !== void 0 ? _a : byName.get("".concat(p, "_araddr"));
        var full = byName.has("".concat(p, "_awlen")) || byName.has("".concat(p, "_arlen"));
        var name_2 = word(p);
        var q = JSON.stringify(p);
        var reads = byName.has("".concat(p, "_araddr"));
        if (!full && address.direction === "output")
            continue;
        if (!full)
            add(p, "tb.axilMaster(".concat(q, ")"), reads ? ["// log.info(`0x0 holds ${await ".concat(name_2, ".read(0)}`);")] : []);
        else if (address.direction === "input")
            add(p, "tb.axi4Master(".concat(q, ")"), reads ? ["// log.info(`${await ".concat(name_2, ".read(0, 16)}`);")] : [], "tb.axi4Check(".concat(q, ");"));
        else
            add(p, "tb.axi4Memory(".concat(q, ", { latency: [1, 20], reorder: true, pause: 0.2 })"), ["log.info(`".concat(name_2, ": ${").concat(name_2, ".accesses.length} bursts`);")], "tb.axi4Check(".concat(q, ");"));
        take(new RegExp("^".concat(quoted(p), "_(aw|w|b|ar|r)(addr|data|valid|ready|len|size|burst|lock|cache|prot|qos|region|user|id|strb|last|resp)$")));
    }
    for (var _e = 0, _f = prefixes("_psel"); _e < _f.length; _e++) {
        var _g = _f[_e], p = _g[0], port = _g[1];
        if (port.direction === "input") {
            add(p, "tb.apbMaster(".concat(JSON.stringify(p), ")"), ["// log.info(`0x0 holds ${await ".concat(word(p), ".read(0)}`);")]);
            take(new RegExp("^".concat(quoted(p), "_p(sel|enable|addr|write|wdata|rdata|ready|slverr|strb|prot)$")));
        }
    }
    for (var _h = 0, _j = ["_cyc_i", "_cyc"]; _h < _j.length; _h++) {
        var suffix = _j[_h];
        for (var _k = 0, _l = prefixes(suffix); _k < _l.length; _k++) {
            var _m = _l[_k], p = _m[0], port = _m[1];
            if (port.direction === "input" && byName.has("".concat(p, "_stb").concat(suffix.slice(4)))) {
                add(p, "tb.wishboneMaster(".concat(JSON.stringify(p), ")"), ["// log.info(`0x0 holds ${await ".concat(word(p), ".read(0)}`);")]);
                take(new RegExp("^".concat(quoted(p), "_(cyc|stb|we|adr|dat|dat_w|dat_r|sel|ack|err|rty|stall)(_i|_o)?$")));
            }
        }
    }
    return { buses: buses, rest: ports.filter(function (p) { return !taken.has(p.name); }) };
}
/** The text of a bench in TypeScript. Throws a BuildError where the design has no clock that can be recognized. */
function newBench(_a) {
    var _b;
    var top = _a.top, sources = _a.sources, ports = _a.ports, clock = _a.clock;
    var bits = ports.filter(function (p) { return p.direction === "input" && p.width === 1; });
    var clocks = clock === undefined ? bits.filter(function (p) { return CLOCK.test(p.name); }).map(function (p) { return p.name; }) : [clock];
    if (!clocks.length || !bits.some(function (p) { return p.name === clocks[0]; }))
        throw new design_ts_1.BuildError("".concat(clock === undefined ? "no input of ".concat(top, " is called like a clock") : "".concat(clock, " is no input of one bit of ").concat(top), "; inputs of one bit: ").concat(bits.map(function (p) { return p.name; }).join(", ") || "none"));
    var _c = busesOf(ports), buses = _c.buses, rest = _c.rest;
    var reset = rest.find(function (p) { return p.direction === "input" && p.width === 1 && RESET.test(p.name); });
    var inputs = rest.filter(function (p) { return p.direction === "input" && p !== reset && !clocks.includes(p.name); });
    var outputs = rest.filter(function (p) { return p.direction === "output"; });
    // Two buses may want the same word.
    var seen = new Map();
    var _loop_1 = function (b) {
        var n = ((_b = seen.get(b.name)) !== null && _b !== void 0 ? _b : 0) + 1;
        seen.set(b.name, n);
        if (n === 1)
            return "continue";
        var name_3 = "".concat(b.name).concat(n);
        b.use = b.use.map(function (u) { return u.replaceAll(b.name, name_3); });
        b.name = name_3;
    };
    for (var _i = 0, buses_1 = buses; _i < buses_1.length; _i++) {
        var b = buses_1[_i];
        _loop_1(b);
    }
    var path = function (s) {
        return s.startsWith("/") ? JSON.stringify(s) : "join(import.meta.dirname, ".concat(JSON.stringify(s), ")");
    };
    var periods = clocks.map(function (c) { return "{ name: ".concat(JSON.stringify(c), ", period: 10 }"); }).join(", ");
    var signal = function (p) { return "tb.signal(".concat(JSON.stringify(p.name), ")"); };
    var body = __spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray([], buses.map(function (b) {
        var used = b.use.some(function (u) { return !u.startsWith("//"); });
        return used ? "const ".concat(b.name, " = ").concat(b.make, ";") : "const ".concat(b.name, " = ").concat(b.make, ";\n    void ").concat(b.name, "; // to be used");
    }), true), buses.flatMap(function (b) { return (b.check ? [b.check] : []); }), true), [
        ""
    ], false), (reset
        ? ["await tb.reset(".concat(signal(reset), ", { cycles: 4").concat(LOW.test(reset.name) ? ", active: 0" : "", " });")]
        : ["await tb.cycles(4); // the design has no port that is called like a reset"]), true), [
        "",
        "// Stimulus: replace the zeros".concat(inputs.length ? ", for instance by tb.rand.bits(".concat(inputs[0].width, ")") : "", ".")
    ], false), inputs.map(function (p) { return "".concat(signal(p), ".big = 0n;"); }), true), buses.flatMap(function (b) { return b.use.filter(function (u) { return u.includes("sendNowait"); }); }), true), [
        "await tb.cycles(100);",
        "",
        "// What is to be seen: replace the messages by expectations."
    ], false), outputs.map(function (p) { return "log.info(`${".concat(signal(p), "}`); // expect(").concat(signal(p), ".").concat(p.width > 32 ? "big" : "value", ").toBe(...)"); }), true), buses.flatMap(function (b) { return b.use.filter(function (u) { return !u.includes("sendNowait"); }); }), true), [
        "expect(tb.cycle).toBeGreaterThan(100);",
    ], false);
    if (body.some(function (l) { return /^log\./.test(l); }))
        body.unshift('const log = tb.logger("bench");');
    var imports = sources.some(function (s) { return !s.startsWith("/"); }) ? 'import { join } from "node:path";\n' : "";
    return "// A bench for ".concat(JSON.stringify(top), ", written from its ports by addernet new-bench. Run it with: npx vitest run\n").concat(imports, "import { expect, test } from \"vitest\";\nimport { type Design, run, simulators } from \"addernet-rtl/testbench\";\n\nconst design: Design = {\n  top: ").concat(JSON.stringify(top), ",\n  sources: [").concat(sources.map(path).join(", "), "],\n  clocks: [").concat(periods, "],\n  // params: { WIDTH: 8 },\n};\n\n// ").concat(simulators_ts_1.simulators.join(" and "), "\ntest.each(simulators)(\"%s: the design runs\", async (sim) => {\n  await run(design, { sim, maxCycles: 10_000 }, async (tb) => {\n").concat(body.map(function (l) { return (l ? "    ".concat(l) : ""); }).join("\n"), "\n  });\n});\n");
}
