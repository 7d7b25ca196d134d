"""The style sheet of the report: light and dark by the reader's setting, and A4 on paper."""

STYLE = """
:root{color-scheme:light dark;--ground:#fff;--ink:#1c2230;--soft:#545b6b;--line:#d9dce3;--wash:#f4f5f8;
 --link:#1f5fa8}
@media (prefers-color-scheme:dark){
 :root{--ground:#12151a;--ink:#e9ebef;--soft:#a9b1c0;--line:#343a44;--wash:#1a1e25;--link:#8bbcf2}
}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);
 font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main,footer{max-width:1180px;margin:0 auto;padding:0 20px}
main{padding-top:18px}
h1{font-size:1.36rem;line-height:1.32;margin:.2rem 0 0}
h2{font-size:1.2rem;line-height:1.35;margin:2.4rem 0 .3rem;text-wrap:pretty}
h3{font-size:1rem;line-height:1.4;margin:1.6rem 0 .3rem;text-wrap:pretty}
h3+p{margin-top:0}
p{margin:.3rem 0 .6rem;max-width:80ch}
.xr-soft{color:var(--soft);font-size:.875rem}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
pre{font:.85rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--wash);
 border:1px solid var(--line);border-radius:8px;padding:10px 12px;margin:.3rem 0 .8rem;white-space:pre-wrap;
 overflow-wrap:anywhere}
.xr-pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,430px),1fr));gap:0 36px}
.xr-pair>div{min-width:0;display:flex;flex-direction:column;justify-content:flex-end}
.xr-chart{margin:.2rem 0 0}
.xr-axis{font-size:.8rem;color:var(--soft);margin:0}
.xr-below{text-align:center;margin:0 auto 8px}
.xr-plot{margin-top:26px;padding:0 10px 72px 52px}
.xr-plot svg{display:block;overflow:visible}
.xr-plot text{font-size:11px;fill:var(--soft)}
.xr-grid{stroke:var(--line)}
.xr-zero{stroke:var(--soft)}
.xr-level{stroke:var(--soft);stroke-dasharray:6 4}
.xr-mark{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:2 4}
.xr-open{fill:var(--ground);stroke-width:1.5}
.xr-legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:8px 0 0;padding:0;font-size:.85rem}
.xr-legend li{display:flex;align-items:center;gap:8px}
.xr-legend svg{overflow:visible;flex:none}
details{margin:.4rem 0 0}
summary{cursor:pointer;font-size:.9rem;padding:3px 0;color:var(--link);min-height:24px;width:fit-content}
.xr-scroll{overflow-x:auto;margin:.3rem 0}
.xr-table{border-collapse:collapse;font-size:.82rem;line-height:1.35;font-variant-numeric:tabular-nums;width:100%}
.xr-table caption{text-align:left;color:var(--soft);padding:0 0 4px}
.xr-table th,.xr-table td{padding:4px 10px 4px 0;text-align:right;vertical-align:top;font-weight:400;
 border-top:1px solid var(--line)}
.xr-table thead th{font-weight:600;border-top:0;vertical-align:bottom}
.xr-table th:first-child,.xr-table .xr-words{text-align:left}
.xr-table tbody th{white-space:nowrap}
.xr-table td.xr-words,.xr-table th.xr-words:not(:first-child){padding-left:10px}
.xr-table td.xr-words{overflow-wrap:anywhere;min-width:8ch}
.xr-table small{display:block;color:var(--soft);font-size:.9em;white-space:nowrap}
footer{color:var(--soft);font-size:.85rem;padding-top:8px;padding-bottom:40px}
.xr-paper{display:none}
@media (max-width:640px){
 main,footer{padding-left:14px;padding-right:14px}
 .xr-table tbody th{white-space:normal}
}
@page{size:A4;margin:14mm 13mm 15mm}
@media print{
 :root{color-scheme:light;--ground:#fff;--ink:#111;--soft:#444;--line:#ccc;--wash:#f4f4f4;--link:#111}
 *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
 body{font-size:10.5pt}
 main,footer{max-width:none;padding-left:0;padding-right:0}
 h1,h2,h3,caption,summary{break-after:avoid}
 h2{margin-top:7mm}
 p{orphans:3;widows:3}
 figure,footer,pre,.xc-card,.xr-table tr,.xr-legend,.xr-together{break-inside:avoid}
 .xr-pair{grid-template-columns:repeat(2,minmax(0,1fr));gap:0 8mm}
 .xr-pair h3{font-size:9.5pt;margin-top:2mm}
 .xr-plot{margin-top:18px;padding-bottom:58px}
 .xr-axis{font-size:8pt}
 .xr-below{margin-bottom:2px}
 .xr-plot svg{height:170px}
 .xr-plot svg svg{height:auto}
 .xr-plot text{font-size:9px}
 .xr-scroll{overflow:visible}
 .xr-table{font-size:7.4pt}
 .xr-table th,.xr-table td{padding:1.2pt 4pt 1.2pt 0}
 .xr-table td.xr-words,.xr-table th.xr-words:not(:first-child){padding-left:8pt}
 .xr-table thead{display:table-header-group;break-after:avoid}
 .xr-table tbody tr:nth-child(-n+3){break-before:avoid}
 details::details-content{content-visibility:visible;display:block;height:auto;opacity:1}
 details>summary{list-style:none;color:var(--ink);font-weight:600}
 .xr-paper{display:block}
 .xr-sheet{break-before:page}
 .xr-sheet h2{margin-top:0}
 a{text-decoration:none}
}
"""
