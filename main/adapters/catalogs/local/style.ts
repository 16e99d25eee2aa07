/** One style sheet for all pages, inlined: about 8 kB, light and dark, phone first. */
export const style = `
:root{color-scheme:light dark;--paper:#faf7f2;--ink:#221d18;--soft:#6b6157;--line:#e5ddd2;--tint:#efe8de;--accent:#9c4221;--gone:#8a2f2f;
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L",P052,Charter,Georgia,"DejaVu Serif",serif;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",sans-serif}
@media (prefers-color-scheme:dark){:root{--paper:#151311;--ink:#f3ede5;--soft:#ada297;--line:#332e29;--tint:#221e1b;--accent:#f0a47c;--gone:#f0a0a0}}
*,::before,::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 var(--sans);min-block-size:100svh;display:grid;grid-template-rows:auto 1fr auto;grid-template-columns:minmax(0,1fr)}
main,.masthead,.bar,.foot{inline-size:min(100% - 2rem,74rem);margin-inline:auto}
h1,h2,p,ul,ol{margin:0;padding:0}
ul,ol{list-style:none}
img,video{display:block;max-inline-size:100%}
a{color:inherit;text-decoration:none}
a:hover{text-decoration:underline;text-underline-offset:.2em;text-decoration-thickness:1px}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:4px}
h1,h2,.bar{font-family:var(--serif);font-weight:500;text-wrap:balance;overflow-wrap:anywhere}
.skip{position:absolute;inset-inline-start:1rem;inset-block-start:-6rem;z-index:2;background:var(--ink);color:var(--paper);padding:.6rem 1rem;border-radius:0 0 8px 8px}
.skip:focus{inset-block-start:0}
.masthead{padding-block:clamp(2.25rem,7vw,5rem) clamp(1.5rem,4vw,2.75rem);text-align:center}
.masthead h1{font-size:clamp(2.1rem,1.4rem + 3.4vw,3.75rem);line-height:1.1;letter-spacing:-.015em}
.masthead p{margin-block-start:.6rem;color:var(--soft)}
.shelf{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:1.75rem .9rem}
@media (min-width:40rem){.shelf{grid-template-columns:repeat(3,minmax(0,1fr));gap:2.5rem 1.5rem}}
@media (min-width:64rem){.shelf{grid-template-columns:repeat(4,minmax(0,1fr));gap:3rem 1.75rem}}
.card{position:relative}
.frame,.blank{display:block;aspect-ratio:1;background:var(--tint);border-radius:10px;overflow:hidden;position:relative}
.frame img{inline-size:100%;block-size:100%;object-fit:cover}
.blank{display:grid;place-items:center;font:500 4rem/1 var(--serif);color:var(--soft)}
.card h2{font-size:1.0625rem;line-height:1.35;margin-block-start:.75rem}
.card h2 a{display:block}
.card h2 a::after{content:"";position:absolute;inset:0}
.card h2 a:focus-visible{outline:0}
.card:has(a:focus-visible){outline:3px solid var(--accent);outline-offset:5px;border-radius:10px}
.price{color:var(--soft);font-variant-numeric:tabular-nums}
.card .price{font-size:.9375rem;margin-block-start:.1rem}
.gone{color:var(--gone);font-weight:600}
.price span+.gone{margin-inline-start:.5em}
.tag{position:absolute;inset-block-end:.6rem;inset-inline-start:.6rem;display:inline-flex;align-items:center;gap:.35rem;padding:.15rem .6rem;border-radius:99px;background:rgb(20 16 12/.78);color:#fff;font-size:.75rem;font-weight:600}
.tag svg{fill:currentColor}
.empty{text-align:center;padding-block:clamp(2rem,10vh,7rem);color:var(--soft)}
.empty svg{fill:none;stroke:var(--accent);stroke-width:2.5;stroke-linejoin:round;margin-block-end:1rem}
.empty p{text-wrap:balance}
.empty h2{color:var(--ink);font-size:1.6rem}
.pager{display:flex;justify-content:center;align-items:center;gap:1.5rem;margin-block-start:3.5rem;color:var(--soft)}
.pager a{color:var(--ink);border:1px solid var(--line);border-radius:99px;padding:.5rem 1.1rem}
.bar{padding-block:1.1rem;font-size:1.25rem;border-block-end:1px solid var(--line)}
.trail{padding-block:1rem;font-size:.875rem;color:var(--soft)}
.trail ol{display:flex;gap:.6rem;min-inline-size:0}
.trail li:first-child{flex:none}
.trail li:last-child{min-inline-size:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.trail li+li::before{content:"/";margin-inline-end:.6rem;color:var(--soft)}
.product{display:grid;gap:1.5rem}
.lone{min-inline-size:0}
.lone .blank{aspect-ratio:3/2}
.gallery{display:flex;gap:.6rem;overflow-x:auto;scroll-snap-type:x mandatory;margin-inline:-1rem;padding-inline:1rem;scroll-padding-inline:1rem;scrollbar-width:none;padding-block:4px}
.gallery li{flex:0 0 88%;scroll-snap-align:start;aspect-ratio:var(--shape);border-radius:10px;overflow:hidden;background:var(--tint)}
.gallery li:only-child{flex-basis:100%}
.gallery a{display:block;block-size:100%}
.gallery a:focus-visible{outline-offset:-4px}
.gallery img{inline-size:100%;block-size:100%;object-fit:cover}
.gallery video{inline-size:100%;block-size:100%;object-fit:contain;background:#000}
.facts h1{font-size:clamp(1.7rem,1.3rem + 1.6vw,2.5rem);line-height:1.15;letter-spacing:-.01em}
.facts .price{font-size:1.25rem;margin-block-start:.5rem;color:var(--ink)}
.few{color:var(--accent);font-weight:600;margin-block-start:.25rem}
.words{margin-block-start:1.25rem;max-inline-size:38rem;white-space:pre-line;overflow-wrap:anywhere}
.words p+p{margin-block-start:1em}
.sku{margin-block-start:1.5rem;font-size:.875rem;color:var(--soft)}
@media (min-width:56rem){
.product{grid-template-columns:minmax(0,1.7fr) minmax(16rem,1fr);gap:3.25rem;align-items:start}
.facts{position:sticky;inset-block-start:2rem}
.gallery{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:.9rem;overflow:visible;margin:0;padding:0}
.gallery li{aspect-ratio:1}
.gallery .wide,.gallery .clip{grid-column:1/-1;aspect-ratio:auto}
.gallery .wide img{block-size:auto;max-block-size:78svh;object-fit:contain}
.gallery .clip video{block-size:auto;max-block-size:78svh}
}
.kind,.notice span{color:var(--soft)}
.notice{margin-block-start:1.5rem}
.masthead .notice{color:var(--ink)}
.notice a{display:inline-flex;flex-wrap:wrap;justify-content:center;gap:.1rem .75rem;border:1px solid var(--line);background:var(--tint);border-radius:1.75rem;padding:.65rem 1.5rem}
.notice strong{overflow-wrap:anywhere}
.notice span{text-wrap:balance}
.notice.open a{border-color:var(--accent)}
.notice.open strong,.window.open .kind{color:var(--accent)}
.window{text-align:center;padding-block:clamp(2.5rem,9vh,6.5rem)}
.window.open{padding-block:clamp(2rem,5vh,3.5rem)}
.window .kind{font-weight:600;letter-spacing:.02em}
.window h1{font-size:clamp(2.1rem,1.4rem + 3.4vw,3.75rem);line-height:1.1;letter-spacing:-.015em;margin-block:.4rem 1rem}
.window .hour{font-size:1.25rem;line-height:1.4;text-wrap:balance}
.window p{text-wrap:balance;margin-block-start:.75rem}
.countdown{min-block-size:6rem}
.countdown span{display:block}
.countdown span:first-child{font:500 clamp(2rem,1.5rem + 2.5vw,3rem)/1.3 var(--serif);font-variant-numeric:tabular-nums lining-nums;min-block-size:1.3em}
.countdown span:last-child{color:var(--soft);min-block-size:1.6em}
.button{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:.6rem 1.4rem}
.until{text-wrap:pretty;margin-block-start:.5rem;color:var(--soft)}
.until a{text-decoration:underline;text-underline-offset:.2em;text-decoration-thickness:1px}
.foot{margin-block-start:clamp(3rem,8vw,6rem);padding-block:1.5rem 2rem;border-block-start:1px solid var(--line);color:var(--soft);font-size:.875rem}
@media (prefers-reduced-motion:no-preference){
@view-transition{navigation:auto}
.frame img{transition:transform .5s cubic-bezier(.2,.7,.2,1)}
@media (hover:hover){.card:hover .frame img{transform:scale(1.03)}}
}
@media print{.gallery{display:block}.gallery li+li{display:none}}
`
  .trim()
  .replace(/\n/g, '')
