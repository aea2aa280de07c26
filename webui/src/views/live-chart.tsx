import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Passage } from "../api";
import { clock } from "../format";
import { t } from "../i18n";
import type { Minutes } from "../model/board";
import { theme } from "../settings";
import { Shape } from "../ui/shapes";

const redrawMs = 1000;

/** Passages per minute over the last hour: admitted upwards, refused and held downwards, so that no colour is needed. */
export function Chart({ minutes, passages }: { minutes: Minutes; passages: ReadonlySignal<Passage[]> }) {
  const host = useRef<HTMLDivElement>(null);
  const look = theme.value;
  useEffect(() => {
    const el = host.current;
    if (!el) return;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    let chart = draw(el, minutes);
    const again = () => {
      chart.destroy();
      chart = draw(el, minutes);
    };
    const size = new ResizeObserver(() => chart.setSize({ width: el.clientWidth, height: el.clientHeight }));
    size.observe(el);
    dark.addEventListener("change", again);
    const timer = setInterval(() => chart.setData(mirrored(minutes)), redrawMs);
    const unsubscribe = passages.subscribe(() => chart.setData(mirrored(minutes)));
    return () => {
      unsubscribe();
      clearInterval(timer);
      dark.removeEventListener("change", again);
      size.disconnect();
      chart.destroy();
    };
  }, [minutes, passages, look]);
  return (
    <>
      <div class="chart" ref={host} role="img" aria-label={t.value.live.chart} />
      <p class="chart-key" aria-hidden="true">
        <span class="figure-admit">
          <Shape tone="admit" />
          {t.value.live.admitted}
        </span>
        <span class="figure-deny">
          <Shape tone="deny" />
          {t.value.live.refused}, {t.value.live.held.toLowerCase()}
        </span>
      </p>
    </>
  );
}

function draw(el: HTMLElement, minutes: Minutes): uPlot {
  const style = getComputedStyle(el);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `${style.fontSize} ${style.fontFamily}`;
  const px = parseFloat(style.fontSize);
  const axis = {
    stroke: colour("--chart-text"),
    font,
    ticks: { show: false },
    grid: { stroke: colour("--chart-grid"), width: 1 },
  };
  const bars = uPlot.paths.bars?.({ size: [0.72, px * 1.5], radius: 0.2 });
  const series = (name: string) => ({
    fill: colour(name),
    width: 0,
    points: { show: false },
    ...(bars && { paths: bars }),
  });
  return new uPlot(
    {
      width: el.clientWidth,
      height: el.clientHeight,
      legend: { show: false },
      cursor: { show: false },
      padding: [px / 2, px, 0, 0],
      scales: { x: { range: (_u, min, max) => [min - 40, max + 40] }, y: { range: (_u, min, max) => range(min, max) } },
      axes: [
        {
          ...axis,
          space: px * 6,
          size: px * 2.2,
          grid: { show: false },
          values: (_u, at) => at.map((s) => clock(s * 1000, false)),
        },
        {
          ...axis,
          space: px * 3,
          size: px * 3.2,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
          values: (_u, at) => at.map((n) => String(Math.abs(n))),
        },
      ],
      series: [{}, series("--chart-admit"), series("--chart-deny")],
    },
    mirrored(minutes),
    el,
  );
}

/** The columns with refusals turned downwards. */
function mirrored(minutes: Minutes): uPlot.AlignedData {
  const [at, admitted, refused] = minutes.columns(Date.now());
  return [at, admitted, refused.map((n) => -n)];
}

/** Room above and below; never so tight that one passage fills the chart. */
function range(min: number | null, max: number | null): [number, number] {
  return [Math.min(-2, Math.floor((min ?? 0) * 1.15)), Math.max(5, Math.ceil((max ?? 0) * 1.15))];
}
