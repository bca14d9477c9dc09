"""dlt: its rest_api source to the filesystem as jsonl. `python peer.py URL PAGES FOLDER`."""

import sys

import dlt
from dlt.sources.rest_api import rest_api_source

url, pages, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def to_record(item):
    return {
        "id": f"dummyjson:{item['id']}",
        "source": "dummyjson",
        "source_id": str(item["id"]),
        "title": item["title"],
        "price": item["price"],
        "currency": None,
        "category": item["category"],
        "brand": item["brand"],
        "rating": item["rating"],
        "description": item["description"],
        "image": item["thumbnail"],
        "url": None,
        "processed_at": "2026-01-01T00:00:00.000Z",
    }


source = rest_api_source(
    {
        "client": {
            "base_url": url,
            "paginator": {
                "type": "offset",
                "limit": 20,
                "limit_param": "limit",
                "offset_param": "skip",
                "total_path": "total",
            },
        },
        "resources": [
            {
                "name": "products",
                "endpoint": {"path": "products", "data_selector": "products"},
                "processing_steps": [{"map": to_record}],
            }
        ],
    },
    # Nothing is nested: tables below the table would be looked for in vain.
    max_table_nesting=0,
)
pipeline = dlt.pipeline(
    "bench",
    pipelines_dir=f"{folder}/state",
    destination=dlt.destinations.filesystem(bucket_url=f"file://{folder}/out"),
    dataset_name="bench",
)
pipeline.run(source, loader_file_format="jsonl")
