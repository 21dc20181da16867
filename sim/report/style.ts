// How the page looks: colours of both schemes, type, blocks, tables, print. Drawings have a sheet of their own.
import { DRAWING_STYLE } from './drawing-style.ts';

const COLOURS = `:root{color-scheme:light dark;
--page:#f7f7f5;--panel:#fff;--ink:#1c2127;--soft:#59636e;--line:#dfe2e5;--faint:#eceef0;--accent:#2a5db8;
--good:#17734a;--good-fill:#e3f3ea;--bad:#b3261e;--bad-fill:#fcebe9;--alarm:#b3261e;--wire:#b3bac1;--code:#f1f2f3;
--layer-1:#6d9eeb;--layer-2:#f0b860;--layer-3:#63bfa8;--layer-4:#d98bb5;--layer-5:#9a8fe0;
--tone-1:#2a5db8;--tone-2:#b35309;--tone-3:#0b7a75;--tone-4:#8a3fa0;--tone-5:#5f6b12}
@media screen and (prefers-color-scheme:dark){:root{
--page:#121518;--panel:#191d21;--ink:#e4e8eb;--soft:#9ba6b0;--line:#313840;--faint:#24292e;--accent:#84aef5;
--good:#62cf98;--good-fill:#163426;--bad:#ff8f86;--bad-fill:#3b1b1a;--alarm:#cf3a2f;--wire:#5a646d;--code:#23282d;
--layer-1:#4f7fcb;--layer-2:#bb8636;--layer-3:#3d907b;--layer-4:#a85f88;--layer-5:#7468bd;
--tone-1:#84aef5;--tone-2:#f0a45c;--tone-3:#5fcdbd;--tone-4:#d79be6;--tone-5:#c3cf6a}}
`;

const TYPE = `*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.55 -apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif}
main,header,nav,footer{max-width:1180px;margin:0 auto;padding:0 28px}
header{padding-top:40px}
p{margin:0 0 10px}
h1{font-size:32px;line-height:1.2;letter-spacing:-.015em;font-weight:650;margin:2px 0 8px;overflow-wrap:anywhere}
h2{font-size:21px;line-height:1.3;letter-spacing:-.01em;font-weight:650;margin:0 0 10px}
h3{font-size:15px;margin:14px 0 4px}
code{font:.885em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
.label{font-size:12.5px;letter-spacing:.02em;color:var(--soft);margin:0 0 6px;font-weight:600}
.about{font-size:17px;color:var(--soft);max-width:70ch;overflow-wrap:anywhere}
.note,figcaption{font-size:13px;color:var(--soft)}
.note{margin-top:8px}
a{color:var(--accent);text-underline-offset:3px;text-decoration-thickness:1px}
nav{margin-top:26px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 20px;margin:0;padding:12px 0 0;list-style:none;font-size:14px;
border-top:1px solid var(--line)}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
main>section{margin-top:44px;scroll-margin-top:20px}
main>.pair{margin-top:44px;display:grid;gap:44px;grid-template-columns:minmax(0,1fr)}
@media(min-width:1000px){main>.pair{grid-template-columns:minmax(0,2fr) minmax(0,3fr)}}
footer{margin-top:48px;padding-bottom:40px;font-size:13px;color:var(--soft)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
`;

const BLOCKS = `.verdict{display:flex;flex-wrap:wrap;gap:18px 22px;align-items:flex-start;margin-top:24px;
padding:20px 24px;border-radius:12px;border:1px solid}
.verdict.held{background:var(--good-fill);border-color:var(--good)}
.verdict.broken{background:var(--bad-fill);border-color:var(--bad)}
.badge svg{display:block;width:46px;height:46px;fill:none;stroke-width:3;stroke-linecap:round;stroke-linejoin:round}
.held .badge svg{stroke:var(--good)}.broken .badge svg{stroke:var(--bad)}
.verdict .words{flex:1 1 340px;min-width:0;overflow-wrap:anywhere}
.headline{font-size:19px;line-height:1.3;margin:0 0 4px}
.headline strong{font-size:26px;letter-spacing:-.01em;margin-right:8px}
.held .headline strong{color:var(--good)}.broken .headline strong{color:var(--bad)}
.verdict .words>:last-child{margin-bottom:0}
.verdict ul{margin:8px 0 0;padding-left:18px}
.size{display:flex;gap:26px;margin:4px 0 0}
.size div{display:flex;flex-direction:column-reverse}
.size dd{margin:0;font-size:18px;font-weight:620;font-variant-numeric:tabular-nums;white-space:nowrap}
.size dt{font-size:12.5px;color:var(--soft);white-space:nowrap}
.recipe{margin-top:16px;padding:18px 24px;background:var(--panel);border:1px solid var(--line);border-radius:12px}
.command{display:flex;gap:10px;align-items:stretch}
#command{flex:1;min-width:0;padding:8px 12px;background:var(--code);border-radius:7px;user-select:all;font-size:14px}
button{font-family:inherit;font-size:13px;font-weight:600;color:var(--accent);
background:none;border:1px solid var(--line);
border-radius:7px;padding:0 14px;min-width:84px;cursor:pointer}
button:hover{border-color:var(--accent)}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 18px;margin:14px 0 0;font-size:14px}
.facts div{display:contents}
.facts dt{color:var(--soft)}.facts dd{margin:0}
.chip{display:inline-block;background:var(--code);border-radius:5px;padding:0 7px;margin-right:2px}
.key{display:flex;flex-wrap:wrap;gap:6px 22px;list-style:none;margin:10px 0 14px;padding:0;font-size:13px;
color:var(--soft)}
.key li{display:flex;align-items:center;gap:8px}
details{margin-top:12px}
summary{cursor:pointer;font-size:14px;color:var(--accent);width:max-content}
details table{margin-top:8px}
.case{margin-top:10px}
.case table{font-variant-numeric:tabular-nums}
@media(min-width:1000px){
.case.drawn{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:24px;align-items:start}
}
.leaks{margin-top:14px;padding:4px 20px 12px;border-left:4px solid var(--bad);background:var(--bad-fill);
border-radius:0 8px 8px 0}
.leaks ul{margin:0;padding-left:18px}
`;

const TABLES = `.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;vertical-align:top;padding:7px 14px 7px 0;border-bottom:1px solid var(--line)}
thead th{font-size:12.5px;font-weight:600;color:var(--soft);vertical-align:bottom;padding-top:2px}
tbody th{font-weight:600;overflow-wrap:anywhere}
td.wide{width:62%;overflow-wrap:anywhere}
td.digest{width:88%}td.digest code{font-size:12px}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.pill{display:inline-block;min-width:58px;text-align:center;font-size:12.5px;font-weight:650;line-height:20px;
border-radius:10px;padding:0 9px}
.range{display:block;font-size:12.5px;color:var(--soft)}
.range.sure{font-weight:650;color:var(--ink)}
.figures th,.figures td{padding-right:20px}
.figures tbody th{min-width:130px;overflow-wrap:normal}
.pill.good{color:var(--good);background:var(--good-fill)}
.pill.bad{color:#fff;background:var(--alarm)}
tr.failed td,tr.failed th{background:var(--bad-fill)}
tr.failed td:first-child{padding-left:8px}
.matrix{border-collapse:separate;border-spacing:3px;margin:0 -3px;
width:calc(100% + 6px);min-width:640px;table-layout:fixed;font-size:13.5px}
.matrix th,.matrix td{border:0;padding:5px 8px}
.matrix thead th{line-height:1.25;padding:4px 8px 6px}
.matrix thead th:first-child{width:23%}
.matrix tr>th:first-child{padding-left:0}
.matrix tbody th{font-weight:500;line-height:1.35}
.matrix.many{table-layout:auto}
.matrix .group th{font-size:12.5px;font-weight:650;color:var(--soft);
padding-top:14px;border-bottom:1px solid var(--line)}
.matrix tbody tr:not(.group):hover th{color:var(--accent)}
.plus{color:var(--soft)}
.cell{border-radius:5px;line-height:18px;font-size:12.5px;white-space:nowrap;vertical-align:middle}
.matrix-key .cell{padding:2px 10px 2px 8px}
.sign{width:15px;height:15px;vertical-align:-3px;margin-right:5px;fill:none;stroke:currentColor;stroke-width:1.5;
stroke-linecap:round;stroke-linejoin:round}
.cell.hidden{background:var(--good-fill);color:var(--good)}
.cell.sees{background:var(--faint);color:var(--ink)}
.cell.spared{color:var(--soft);box-shadow:inset 0 0 0 1px var(--line)}
.cell.leak{background:var(--alarm);color:#fff;font-weight:700}
.cell.unknown{color:var(--bad);box-shadow:inset 0 0 0 1px var(--bad)}
`;

const PRINT = `@media print{
:root{--page:#fff}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
nav,#copy,.cross,summary{display:none}
main,header,footer{max-width:none;padding:0}
figure,.verdict,.recipe,tr,.leaks{break-inside:avoid}
h2,.group{break-after:avoid}
.scroll{overflow:visible}
.matrix{min-width:0;font-size:12px}
.matrix .cell{padding:3px 4px;font-size:11px}
main>section,main>.pair{margin-top:30px}
}
@media(max-width:820px){main,header,nav,footer{padding-left:20px;padding-right:20px}h1{font-size:27px}
.matrix{font-size:13px}.matrix th,.matrix td{padding-left:6px;padding-right:4px}.matrix thead th:first-child{width:20%}
.matrix thead th{font-size:12px;padding-right:0}
.cell .sign{width:13px;margin-right:4px}}
`;

/** The whole style sheet. */
export const STYLE: string = [COLOURS, TYPE, BLOCKS, TABLES, DRAWING_STYLE, PRINT].join('');
