"""Refreshes sizes and hashes in models/manifest.json after a rebuild; everything else in it is written by hand."""
import hashlib
import json
from pathlib import Path

folder = Path(__file__).resolve().parent.parent
path = folder / 'manifest.json'
manifest = json.loads(path.read_text())
for model in manifest['models']:
    data = (folder / model['file']).read_bytes()
    model['sha256'], model['bytes'] = hashlib.sha256(data).hexdigest(), len(data)
path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + '\n')
print(sum(m['bytes'] for m in manifest['models']), 'bytes in', len(manifest['models']), 'files')
