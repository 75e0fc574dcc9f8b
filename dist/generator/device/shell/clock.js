const span = function* (first, last) {
    for (let i = first; i <= last; i++)
        yield i;
};
/** An instance: parameters and ports by name; attributes in front of it. */
const instance = (module, name, params, ports, attributes = "") => [
    `    ${attributes}${module} #(`,
    Object.entries(params)
        .map(([k, v]) => `        .${k}(${v})`)
        .join(",\n"),
    `    ) ${name} (`,
    Object.entries(ports)
        .map(([k, v]) => `        .${k}(${v})`)
        .join(",\n"),
    "    );",
];
const text = (s) => `"${s}"`;
const low = "1'b0";
const high = "1'b1";
/** iCE40: the phase detector runs at 10 to 133 MHz, the oscillator at 533 to 1066 MHz, the output at 16 to 275 MHz. */
const ice40 = function* (target, from, most) {
    const filters = [17, 26, 44, 66, 101];
    const pad = target.board.clock.pll === "pad";
    for (const r of span(0, 15)) {
        const detector = from / (r + 1);
        if (detector < 10 || detector > 133)
            continue;
        for (const f of span(0, 127)) {
            const oscillator = detector * (f + 1);
            if (oscillator < 533 || oscillator > 1066)
                continue;
            for (const q of span(1, 6)) {
                const MHz = oscillator / 2 ** q;
                if (MHz < 16 || MHz > Math.min(275, most))
                    continue;
                const below = filters.findIndex((limit) => detector < limit);
                yield {
                    MHz,
                    verilog: instance(`SB_PLL40_${pad ? "PAD" : "CORE"}`, "u_pll", {
                        FEEDBACK_PATH: text("SIMPLE"),
                        DIVR: `4'd${r}`,
                        DIVF: `7'd${f}`,
                        DIVQ: `3'd${q}`,
                        FILTER_RANGE: `3'd${below < 0 ? 6 : below + 1}`,
                    }, {
                        [pad ? "PACKAGEPIN" : "REFERENCECLK"]: "clk",
                        PLLOUTGLOBAL: "core_clk",
                        LOCK: "locked",
                        RESETB: high,
                        BYPASS: low,
                    }),
                };
            }
        }
    }
};
/** ECP5: phase detector 3.125 to 400 MHz, oscillator 400 to 800 MHz, output at least 3.125 MHz. */
const ecp5 = function* (_, from, most) {
    for (const i of span(1, 128)) {
        if (from / i < 3.125)
            break;
        for (const fb of span(1, 80)) {
            const MHz = (from / i) * fb;
            if (MHz < 3.125 || MHz > Math.min(400, most))
                continue;
            const op = Math.min(128, Math.floor(800 / MHz));
            if (MHz * op < 400)
                continue;
            yield {
                MHz,
                verilog: instance("EHXPLLL", "u_pll", {
                    CLKI_DIV: i,
                    CLKFB_DIV: fb,
                    CLKOP_DIV: op,
                    CLKOP_CPHASE: Math.floor((op - 1) / 2),
                    CLKOP_FPHASE: 0,
                    CLKOP_ENABLE: text("ENABLED"),
                    FEEDBK_PATH: text("CLKOP"),
                    OUTDIVIDER_MUXA: text("DIVA"),
                    PLLRST_ENA: text("DISABLED"),
                    INTFB_WAKE: text("DISABLED"),
                    STDBY_ENABLE: text("DISABLED"),
                    DPHASE_SOURCE: text("DISABLED"),
                }, {
                    CLKI: "clk",
                    CLKFB: "core_clk",
                    CLKOP: "core_clk",
                    LOCK: "locked",
                    RST: low,
                    STDBY: low,
                    PHASESEL0: low,
                    PHASESEL1: low,
                    PHASEDIR: low,
                    PHASESTEP: low,
                    PHASELOADREG: low,
                    PLLWAKESYNC: low,
                    ENCLKOP: low,
                }, `(* ICP_CURRENT="12", LPF_RESISTOR="8", MFG_ENABLE_FILTEROPAMP="1", MFG_GMCREF_SEL="2" *)\n    `),
            };
        }
    }
};
/** Gowin: limits of the slower of each family's speed grades that the boards bear. */
const gowinLimits = {
    "GW1N-9C": { detector: 400, oscillator: [400, 1200], out: 3.125 },
    "GW2A-18C": { detector: 500, oscillator: [500, 1250], out: 3.91 },
};
const gowin = function* (target, from, most) {
    const family = target.device.pnr.package;
    const limits = gowinLimits[family];
    // The PLL's model is named after the device with its memory: GW1NR-9C, GW2AR-18C.
    const device = family.replace("-", "R-");
    for (const i of span(0, 63)) {
        const detector = from / (i + 1);
        if (detector < 3 || detector > limits.detector)
            continue;
        for (const fb of span(0, 63)) {
            const MHz = detector * (fb + 1);
            if (MHz < limits.out || MHz > most)
                continue;
            const o = [2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128].find((d) => MHz * d >= limits.oscillator[0] && MHz * d <= limits.oscillator[1]);
            if (o === undefined)
                continue;
            yield {
                MHz,
                verilog: instance("rPLL", "u_pll", {
                    FCLKIN: text(String(from)),
                    DEVICE: text(device),
                    IDIV_SEL: i,
                    FBDIV_SEL: fb,
                    ODIV_SEL: o,
                    DYN_IDIV_SEL: text("false"),
                    DYN_FBDIV_SEL: text("false"),
                    DYN_ODIV_SEL: text("false"),
                    CLKFB_SEL: text("internal"),
                }, {
                    CLKIN: "clk",
                    CLKOUT: "core_clk",
                    LOCK: "locked",
                    CLKOUTP: "",
                    CLKOUTD: "",
                    CLKOUTD3: "",
                    CLKFB: low,
                    RESET: low,
                    RESET_P: low,
                    FBDSEL: "6'd0",
                    IDSEL: "6'd0",
                    ODSEL: "6'd0",
                    PSDA: "4'd0",
                    DUTYDA: "4'd0",
                    FDLY: "4'd0",
                }),
            };
        }
    }
};
/** AMD 7 series, slowest speed grade: phase detector 19 to 450 MHz, oscillator 800 to 1600 MHz, output from 6.25 MHz. */
const xc7 = function* (_, from, most) {
    for (const d of span(1, 56)) {
        if (from / d < 19)
            break;
        for (const m of span(2, 64)) {
            const oscillator = (from / d) * m;
            if (oscillator < 800 || oscillator > 1600)
                continue;
            const o = Math.max(1, Math.ceil(oscillator / most - 1e-9));
            if (o > 128 || oscillator / o < 6.25)
                continue;
            yield {
                MHz: oscillator / o,
                verilog: [
                    "    wire pll_clk, pll_feedback;",
                    ...instance("PLLE2_BASE", "u_pll", {
                        CLKIN1_PERIOD: (1000 / from).toFixed(3),
                        DIVCLK_DIVIDE: d,
                        CLKFBOUT_MULT: m,
                        CLKOUT0_DIVIDE: o,
                    }, {
                        CLKIN1: "clk",
                        CLKFBIN: "pll_feedback",
                        CLKFBOUT: "pll_feedback",
                        CLKOUT0: "pll_clk",
                        CLKOUT1: "",
                        CLKOUT2: "",
                        CLKOUT3: "",
                        CLKOUT4: "",
                        CLKOUT5: "",
                        LOCKED: "locked",
                        PWRDWN: low,
                        RST: low,
                    }),
                    "    BUFG u_pll_clk (.I(pll_clk), .O(core_clk));",
                ],
            };
        }
    }
};
const searches = { ice40, ecp5, gowin, xc7 };
const round = (MHz) => String(Number(MHz.toFixed(4)));
/**
 * The fastest clock of at most `most` MHz that the board can make; the slowest that it can where all are faster.
 * The pin's own clock where it is as fast.
 */
export function clockSource(target, prefix, most) {
    const from = target.board.clock.MHz;
    let best = from <= most + 1e-9 ? { MHz: from, how: "from the pin", verilog: [], cells: [] } : undefined;
    for (const pll of searches[target.family]?.(target, from, most + 1e-9) ?? [])
        if (!best || pll.MHz > best.MHz + 1e-9)
            best = { MHz: pll.MHz, how: `${round(from)} MHz through a PLL`, verilog: pll.verilog, cells: [] };
    const half = Math.ceil(from / (2 * most) - 1e-9);
    if (half >= 1 && (!best || from / (2 * half) > best.MHz + 1e-9))
        best = {
            MHz: from / (2 * half),
            how: `${round(from)} MHz divided by ${2 * half}`,
            verilog: [
                `    ${prefix}_clock_divide #(.HALF(${half})) u_divide (.clk(clk), .clk_out(core_clk));`,
                "    assign locked = 1'b1;",
            ],
            cells: ["clock_divide"],
        };
    if (!best)
        throw new Error(`no clock of ${most} MHz from ${from} MHz`);
    return best.verilog.length === 0
        ? best
        : { ...best, verilog: ["    // clock", "    wire core_clk, locked;", ...best.verilog, ""] };
}
