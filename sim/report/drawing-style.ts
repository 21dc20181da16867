// How the drawings look. Sizes are in user units: a drawing grows and shrinks as a whole.

export const DRAWING_STYLE = `figure{margin:0}
figcaption{margin-top:6px;font-variant-numeric:tabular-nums}
svg text{font:12px
-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif;fill:var(--ink)}
.drawing{padding:14px 16px 12px;background:var(--panel);border:1px solid var(--line);border-radius:12px}
.drawing svg{display:block;width:100%;margin:0 auto}
.topology{max-width:1080px}
.sequence{max-width:1000px}
.drawing svg[data-wide=yes]{min-width:660px}
.drawing svg[data-wide=no]{max-width:700px}
.swatch{width:44px;height:30px;flex:none}
.sheath{fill:none}
.core{fill:none;stroke:var(--ink);stroke-width:2}
.layer-1{stroke:var(--layer-1)}.layer-2{stroke:var(--layer-2)}.layer-3{stroke:var(--layer-3)}
.layer-4{stroke:var(--layer-4)}.layer-5{stroke:var(--layer-5)}
.card{fill:var(--panel);stroke:var(--line)}
.card.on-path{stroke:var(--ink);stroke-width:1.25}
.card.bar{fill:var(--faint)}
.peel{stroke-width:4;stroke-linecap:round;fill:none}
.link{fill:none;stroke:var(--wire);stroke-width:1.25}
.link:hover{stroke:var(--accent);stroke-width:2.5}
svg text.name{font-size:12.5px;font-weight:620;text-anchor:middle}
svg text.ip{font-size:11px;fill:var(--soft);text-anchor:middle}
svg text.access{font-size:10.5px;fill:var(--soft);text-anchor:middle}
svg text.column{font-size:11px;fill:var(--soft);text-anchor:middle}
.lifeline{stroke:var(--line);stroke-width:1.25;stroke-dasharray:3 4}
.head{fill:var(--ink)}
svg text.time{font-size:11px;fill:var(--soft);text-anchor:end;font-variant-numeric:tabular-nums}
svg text.label{font-weight:600;text-anchor:middle;paint-order:stroke;stroke:var(--panel);stroke-width:4px;
stroke-linejoin:round}
svg text.beside{text-anchor:start}
.detail{font-weight:400;fill:var(--soft)}
.charts{display:grid;gap:20px;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr))}
.chart{padding:12px 14px 10px;background:var(--panel);border:1px solid var(--line);border-radius:12px;
max-width:760px}
.chart svg{display:block;width:100%;overflow:visible}
.chart .heading{font-size:13.5px;font-weight:620}
.chart.empty{color:var(--soft)}
.grid{stroke:var(--faint);fill:none}
.axis{stroke:var(--soft);stroke-width:1;fill:none}
svg text.tick{font-size:11px;fill:var(--soft);font-variant-numeric:tabular-nums}
.curve{fill:none;stroke:var(--accent);stroke-width:1.75;stroke-linejoin:round}
.measured{fill:none;stroke:var(--good);stroke-width:1.25;stroke-linejoin:round}
.dot{fill:var(--good)}
.interval{fill:none;stroke:var(--good);stroke-width:1.5}
.area{fill:var(--accent);opacity:.1}
.threshold{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:6 4;fill:none}
.forbidden{fill:var(--bad);opacity:.07}
svg text.limit{font-size:11px;fill:var(--bad);paint-order:stroke;stroke:var(--panel);stroke-width:3px}
svg text.strong{fill:var(--ink);font-weight:620}
.mark{fill:var(--panel);stroke:var(--accent);stroke-width:2}
.drop{stroke:var(--accent);stroke-dasharray:2 3;fill:none}
.hair{stroke:var(--soft);fill:none}
.cross circle{fill:var(--accent)}
svg text.reading{font-size:12px;font-weight:600;fill:var(--accent);font-variant-numeric:tabular-nums}
.tone-1{color:var(--tone-1)}.tone-2{color:var(--tone-2)}.tone-3{color:var(--tone-3)}
.tone-4{color:var(--tone-4)}.tone-5{color:var(--tone-5)}
.means{fill:none;stroke:currentColor;stroke-width:1.5;stroke-linejoin:round;opacity:.55}
.whisker{fill:none;stroke:currentColor;stroke-width:1.5}
.spot{fill:currentColor;stroke:var(--panel);stroke-width:1}
.point:hover .whisker{stroke-width:2.5}
.key .sample{width:16px;height:16px;flex:none;overflow:visible}
@media(max-width:980px){.charts{grid-template-columns:minmax(0,1fr)}
.drawing{padding:10px 6px 10px}
.drawing figcaption{padding:0 8px}
svg text.name,svg text.label{font-size:13.5px}
svg text.ip,svg text.time,svg text.column{font-size:12px}
svg text.access{font-size:11.5px}
.chart{max-width:none}
.chart svg text.heading{font-size:11.5px}
svg text.tick,svg text.limit,svg text.reading{font-size:9.5px}}
`;
