export default {
    name: "arty-a7-100t",
    title: "Arty A7-100T (AMD Artix-7)",
    family: "xc7",
    device: { part: "xc7a100tcsg324-1", resources: { lut: 63400, ff: 126800, bram: 270, dsp: 240 } },
    board: {
        source: "Digilent/digilent-xdc, Arty-A7-35-Master.xdc (the 100T has the same board and pins)",
        clock: { pin: "E3", MHz: 100 },
        serial: { rxd: "A9", txd: "D10", baud: 115200 },
        led: { pin: "H5" },
        button: { pin: "D9" },
    },
};
