declare const _default: {
    name: string;
    title: string;
    family: "xcup";
    device: {
        part: string;
        resources: {
            lut: number;
            ff: number;
            bram: number;
            dsp: number;
        };
    };
    processor: {
        source: string;
        kind: "zynq-ultrascale+";
        MHz: number;
        boardPart: string;
        led: {
            pin: string;
            standard: string;
        };
    };
};
export default _default;
