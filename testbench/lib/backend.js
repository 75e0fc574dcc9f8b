"use strict";
var __extends = (this && this.__extends) || (function () {
    var extendStatics = function (d, b) {
        extendStatics = Object.setPrototypeOf ||
            ({ __proto__: [] } instanceof Array && function (d, b) { d.__proto__ = b; }) ||
            function (d, b) { for (var p in b) if (Object.prototype.hasOwnProperty.call(b, p)) d[p] = b[p]; };
        return extendStatics(d, b);
    };
    return function (d, b) {
        if (typeof b !== "function" && b !== null)
            throw new TypeError("Class extends value " + String(b) + " is not a constructor or null");
        extendStatics(d, b);
        function __() { this.constructor = d; }
        d.prototype = b === null ? Object.create(b) : (__.prototype = b.prototype, new __());
    };
})();
Object.defineProperty(exports, "__esModule", { value: true });
exports.MEMORY_WORDS = exports.MoreAccess = exports.NO_ACCESS = void 0;
exports.layOut = layOut;
var layout_ts_1 = require("./layout.ts");
exports.NO_ACCESS = { internals: false, force: [] };
/** A bench asked for what its model was not built for: `run` builds it and starts the bench again. */
var MoreAccess = /** @class */ (function (_super) {
    __extends(MoreAccess, _super);
    function MoreAccess(access) {
        var _this = _super.call(this, "the bench starts again on a model that shows internal signals") || this;
        _this.name = "MoreAccess";
        _this.access = access;
        return _this;
    }
    return MoreAccess;
}(Error));
exports.MoreAccess = MoreAccess;
/** Writes the header of a fresh memory and says where everything is. */
function layOut(memory, ports, clocks, maxCycles) {
    var at = layout_ts_1.H.PORTS;
    var offsets = ports.map(function (p) {
        var o = at;
        at += (0, layout_ts_1.wordsOf)(p.width);
        return o;
    });
    memory[layout_ts_1.H.MASK] = at - layout_ts_1.H.PORTS;
    memory[layout_ts_1.H.AGENT_BASE] = at + (at - layout_ts_1.H.PORTS);
    var arena = memory[layout_ts_1.H.AGENT_BASE] + layout_ts_1.AGENT_WORDS * layout_ts_1.MAX_AGENTS;
    memory[layout_ts_1.H.WORDS] = memory.length;
    memory[layout_ts_1.H.MAX_CYCLES] = maxCycles;
    memory[layout_ts_1.H.CLOCKS] = clocks.length;
    memory[layout_ts_1.H.DUMP_TO] = 0xffffffff;
    clocks.forEach(function (c, i) {
        var base = layout_ts_1.H.CLOCK_TABLE + i * layout_ts_1.CLOCK_WORDS;
        memory[base + layout_ts_1.C.PORT] = offsets[c.port];
        memory[base + layout_ts_1.C.PERIOD] = c.period;
        memory[base + layout_ts_1.C.FIRST_RISE] = c.firstRise;
    });
    return { offsets: offsets, arena: arena };
}
/** Words of the shared memory: address space, of which only what is used takes memory. */
exports.MEMORY_WORDS = 16 * 1024 * 1024;
