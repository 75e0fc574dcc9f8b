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
Object.defineProperty(exports, "__esModule", { value: true });
exports.Tb = void 0;
var apb_ts_1 = require("./apb.ts");
var axi4_checker_ts_1 = require("./axi4_checker.ts");
var axi4_master_ts_1 = require("./axi4_master.ts");
var axi4_memory_ts_1 = require("./axi4_memory.ts");
var axil_ts_1 = require("./axil.ts");
var axis_ts_1 = require("./axis.ts");
var bench_ts_1 = require("./bench.ts");
var i2c_ts_1 = require("./i2c.ts");
var scoreboard_ts_1 = require("./scoreboard.ts");
var spi_ts_1 = require("./spi.ts");
var uart_ts_1 = require("./uart.ts");
var wishbone_ts_1 = require("./wishbone.ts");
/**
 * What `run` gives a bench. Its agents are classes that take (tb, prefix), as an agent of your own does; the methods here
 * only save writing `new`.
 */
var Tb = /** @class */ (function (_super) {
    __extends(Tb, _super);
    /** Made by `run`. */
    function Tb(host, dut, clocks, rand, initRun) {
        if (initRun === void 0) { initRun = 0; }
        var _this = _super.call(this, host, dut, clocks, rand, initRun) || this;
        _this.dut = dut;
        return _this;
    }
    /** Drives the design's input stream `<prefix>_tdata`, `_tvalid`, `_tready` and so on. */
    Tb.prototype.axisSource = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new axis_ts_1.AxisSource(this, prefix, options);
    };
    /** Takes frames from the design's output stream. */
    Tb.prototype.axisSink = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new axis_ts_1.AxisSink(this, prefix, options);
    };
    /** Records the beats of any stream and checks the protocol's rules; `check: false` only records. */
    Tb.prototype.axisMonitor = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new axis_ts_1.AxisMonitor(this, prefix, options);
    };
    /** Checks the protocol's rules on a stream; a violation fails the run and names the rule. */
    Tb.prototype.protocolCheck = function (prefix, check) {
        if (check === void 0) { check = {}; }
        new axis_ts_1.AxisMonitor(this, prefix, __assign({ record: false, check: check }, (check.clock ? { clock: check.clock } : {})));
    };
    /** Reads and writes registers of the design over AXI4-Lite. */
    Tb.prototype.axilMaster = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new axil_ts_1.AxilMaster(this, prefix, options);
    };
    /** An AXI4 master for the slave port `<prefix>_araddr` and so on of the design. */
    Tb.prototype.axi4Master = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new axi4_master_ts_1.Axi4Master(this, prefix, options);
    };
    /** An AXI4 slave with memory for a design that is a master. */
    Tb.prototype.axi4Memory = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new axi4_memory_ts_1.Axi4Memory(this, prefix, options);
    };
    /** Checks the rules of AXI4 on a bus; a violation fails the run and names the rule. */
    Tb.prototype.axi4Check = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new axi4_checker_ts_1.Axi4Checker(this, prefix, options);
    };
    /** Reads and writes registers of the design over APB. */
    Tb.prototype.apbMaster = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new apb_ts_1.ApbMaster(this, prefix, options);
    };
    /** Reads and writes registers of the design over Wishbone. */
    Tb.prototype.wishboneMaster = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new wishbone_ts_1.WishboneMaster(this, prefix, options);
    };
    /** An SPI master for a design that is a device. */
    Tb.prototype.spiMaster = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new spi_ts_1.SpiMaster(this, prefix, options);
    };
    /** An SPI device for a design that is the master. */
    Tb.prototype.spiDevice = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new spi_ts_1.SpiDevice(this, prefix, options);
    };
    /** An I2C master for a design that is a device, or beside it. */
    Tb.prototype.i2cMaster = function (prefix, options) {
        if (options === void 0) { options = {}; }
        return new i2c_ts_1.I2cMaster(this, prefix, options);
    };
    /** An I2C device for a design that is the master, or beside it. */
    Tb.prototype.i2cDevice = function (prefix, options) {
        return new i2c_ts_1.I2cDevice(this, prefix, options);
    };
    /** Sends bytes on a serial input of the design. */
    Tb.prototype.uartSource = function (line, options) {
        return new uart_ts_1.UartSource(this, line, options);
    };
    /** Receives bytes from a serial output of the design; a broken frame fails the run, or is recorded. */
    Tb.prototype.uartSink = function (line, options) {
        return new uart_ts_1.UartSink(this, line, options);
    };
    /** Compares what comes with what is expected, in order. */
    Tb.prototype.scoreboard = function (options) {
        if (options === void 0) { options = {}; }
        return new scoreboard_ts_1.Scoreboard(this, options);
    };
    return Tb;
}(bench_ts_1.Bench));
exports.Tb = Tb;
