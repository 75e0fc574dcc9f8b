export default {
    name: "tangnano9k",
    title: "Tang Nano 9K (Gowin GW1NR-9)",
    family: "gowin",
    device: {
        part: "GW1NR-LV9QN88PC6/I5",
        pnr: { device: "GW1NR-LV9QN88PC6/I5", package: "GW1N-9C" },
        resources: { lut: 8640, ff: 6480, bram: 26, dsp: 20 },
    },
    board: {
        source: "litex-hub/litex-boards, litex_boards/platforms/sipeed_tang_nano_9k.py",
        clock: { pin: "52", MHz: 27 },
        serial: { rxd: "18", txd: "17", baud: 115200 },
        led: { pin: "10", activeLow: true, standard: "LVCMOS18" },
        button: { pin: "4", activeLow: true, standard: "LVCMOS18", pull: "up" },
    },
};
