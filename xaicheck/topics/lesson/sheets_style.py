"""The style of the printed sheets: A4 on white paper, readable on screen too, no picture cut by a page."""

SHEET_STYLE = """
@page{size:A4;margin:15mm 16mm 16mm}
*{box-sizing:border-box}
html{color-scheme:light}
body{font:9.7pt/1.4 "Source Sans 3","Source Sans Pro",system-ui,"Segoe UI",Helvetica,Arial,sans-serif;
 color:#1a1e26;background:#fff;margin:0 auto;max-width:178mm;padding:8mm 4mm;
 -webkit-print-color-adjust:exact;print-color-adjust:exact}
h1{font-size:20pt;line-height:1.15;margin:0 0 1mm;letter-spacing:-.01em}
.kind{font-size:13pt;font-weight:600;color:#1f5f9e;margin:0 0 1mm}
dl{display:grid;grid-template-columns:38mm 1fr;gap:.8mm 4mm;margin:0 0 2mm}
dt{font-weight:600}
dd{margin:0}
.times td:nth-child(1){width:6mm}.times th[scope=row]{width:48mm}
.times td:nth-child(3),.times td:nth-child(4){width:18mm}
h2{font-size:13.5pt;line-height:1.25;margin:0 0 1.5mm;break-after:avoid}
h3{font-size:9.7pt;margin:2mm 0 .4mm;break-after:avoid}
p{margin:0 0 1.5mm;orphans:3;widows:3}
.lead{break-inside:avoid;break-after:avoid}
ul{margin:0 0 1.5mm;padding-left:5mm}
li{margin:0 0 .6mm}
.top{display:grid;grid-template-columns:1fr 30mm;gap:6mm;border-bottom:.5mm solid #1f5f9e;padding-bottom:4mm;
 margin-bottom:4mm}
.top img{width:30mm;height:30mm;object-fit:cover;border-radius:1.5mm;display:block}
.top .fields{display:grid;grid-template-columns:1fr 55mm;gap:6mm;margin-top:5mm}
.fields span{border-bottom:.25mm solid #6b7280;padding-bottom:.5mm}
.meta{color:#3c4452;margin:0}
section{padding:3mm 0 2.5mm;border-top:.25mm solid #c3c8d1}
section:first-of-type{border-top:0}
.top{break-inside:avoid}
.keep{break-before:avoid}
.answers li,ul,.whole,figure,.pair,.question,table,.xl-blocks,.xl-key,.xl-chips,.keep{break-inside:avoid}
.number{display:inline-block;min-width:7mm;color:#1f5f9e}
.minutes{font-weight:400;font-size:10pt;color:#3c4452;white-space:nowrap}
.two{display:grid;grid-template-columns:1fr 1fr;gap:1mm 8mm}
.pairs{display:grid;grid-template-columns:1fr 1fr;gap:4mm 8mm;margin:2mm 0}
.xl-pair{display:grid;grid-template-columns:1fr 1fr;gap:2.5mm}
.xl-row{display:flex;gap:4mm}
.xl-fig{margin:0;max-width:40mm;flex:1}
.xc-frame{aspect-ratio:1;border-radius:1mm;overflow:hidden;background:#f1f2f4}
.xc-frame img{display:block;width:100%;height:100%}
.xc-why{display:flex;align-items:center;justify-content:center;text-align:center;padding:2mm;font-size:9pt}
figcaption{font-size:9pt;line-height:1.3;margin-top:.8mm}
.xc-bar{display:grid;grid-template-columns:auto 1fr auto;gap:1.2mm;align-items:center;font-size:7.5pt;
 white-space:nowrap}
.xc-bar img{width:100%;height:1.8mm;min-width:4mm}
.question{margin:2mm 0 2.5mm}
.question>p{font-weight:600;margin-bottom:.8mm}
.boxes{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.8mm 7mm;margin:0}
.boxes li{display:flex;gap:2mm;align-items:center}
.boxes li::before{content:"";flex:none;width:3.6mm;height:3.6mm;border:.3mm solid #1a1e26;border-radius:.5mm}
.lines{margin:1mm 0 0}
.lines i{display:block;height:7mm;border-bottom:.25mm solid #9aa1ad}
.lines span{font-size:9pt;color:#3c4452}
.keep{border-left:1mm solid #1f5f9e;padding:.5mm 0 .5mm 3mm;margin:2.5mm 0 0}
.keep p{margin:0}
.keep b{font-weight:600}
table{border-collapse:collapse;width:100%;font-size:9.5pt;margin:1mm 0 2mm}
caption{text-align:left;font-weight:600;padding-bottom:.8mm}
td,th{text-align:left;font-weight:400;padding:.7mm 3mm .7mm 0;
 border-bottom:.15mm solid #dcdfe5;vertical-align:top}
thead th{font-weight:600;border-bottom:.3mm solid #6b7280}
.xl-place{width:7mm}.xl-bar{width:40%}
.xl-bar span{display:inline-block;width:calc(100% - 15mm);height:2mm;background:#e6e8ec;border-radius:.5mm;
 overflow:hidden;vertical-align:middle}
.xl-bar i{display:block;height:100%;background:#2f82c4}
.xl-control .xl-bar i{background:#6b7280}
.xl-bar b{display:inline-block;width:13mm;text-align:right}
.xl-strong th,.xl-strong .xl-place{font-weight:700}
.xc-tag{font-size:8pt;border:.2mm dashed #6b7280;border-radius:3mm;padding:0 1.5mm;font-weight:400}
.xl-blocks{display:flex;gap:2.5mm;align-items:center;max-width:120mm;font-size:9pt}
.xl-cells{display:flex;gap:.7mm;flex:1}
.xl-cells i{flex:1;height:6.5mm;border-radius:.6mm}
i.xl-kept{background:#2f82c4}
i.xl-random{border:.35mm solid #b5640a;
 background:repeating-linear-gradient(45deg,#d97b0f 0 .7mm,#fff .7mm 1.7mm)}
.xl-key{display:flex;gap:6mm;font-size:9pt;margin:1mm 0 1.5mm}
.xl-key span{display:inline-flex;gap:2mm;align-items:center}
.xl-key i{display:inline-block;width:4.5mm;height:3.4mm;border-radius:.6mm}
.xl-chips ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:1.2mm;margin:0 0 1.5mm}
.xl-chips li{border:.2mm solid #9aa1ad;border-radius:1mm;padding:.2mm 2mm;font-size:9.5pt}
.xl-chips p{margin-bottom:1mm}
.answers b{font-weight:650}
footer{border-top:.25mm solid #c3c8d1;margin-top:3mm;padding-top:2mm;font-size:8.5pt;color:#3c4452}
@media print{body{padding:0;max-width:none}}
@media screen and (max-width:640px){.two,.pairs,.top .fields{grid-template-columns:1fr}body{padding:5mm}}
"""
