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

/** Passages per minute over the last hour: admitted as an area, refused and held as a dashed line. */
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
    const timer = setInterval(() => chart.setData(minutes.columns(Date.now())), redrawMs);
    const unsubscribe = passages.subscribe(() => chart.setData(minutes.columns(Date.now())));
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
  const axis = {
    stroke: colour("--chart-text"),
    font,
    ticks: { show: false },
    grid: { stroke: colour("--chart-grid"), width: 1 },
  };
  const px = parseFloat(style.fontSize);
  return new uPlot(
    {
      width: el.clientWidth,
      height: el.clientHeight,
      legend: { show: false },
      cursor: { show: false },
      padding: [px / 2, px, 0, 0],
      scales: { y: { range: (_u, _min, max) => [0, Math.max(5, Math.ceil((max ?? 0) * 1.15))] } },
      axes: [
        {
          ...axis,
          space: px * 6,
          size: px * 2.2,
          grid: { show: false },
          values: (_u, at) => at.map((s) => clock(s * 1000, false)),
        },
        { ...axis, size: px * 3.2, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
      ],
      series: [
        {},
        { stroke: colour("--chart-admit"), fill: colour("--chart-admit-fill"), width: 2.5, points: { show: false } },
        { stroke: colour("--chart-deny"), width: 2.5, dash: [6, 4], points: { show: false } },
      ],
    },
    minutes.columns(Date.now()),
    el,
  );
}
