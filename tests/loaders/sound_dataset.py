"""A small sound dataset, as files."""

from pathlib import Path

SOUND = {
    "dataset.toml": 'title = "Sound"\nbase_year = 2023\ncurrency = "USD"\nhome_region = "r1"\ncatalogue = false\n',
    "regions.csv": "region_id,name,parent_id,level\nkz,Kazakhstan,,country\nr1,Павлодар,kz,region\n",
    "enterprises.csv": "enterprise_id,name,kind,region_id\ne1,Глинозёмный завод,plant,r1\ne2,Smelter,plant,r1\n",
    "ownership.csv": "owner_id,owned_id,share\ne1,e2,0.5\n",
    "products.csv": "product_id,name,stage,kind,unit\n"
    "alumina,Alumina,1,good,t\nmetal,Aluminium,2,good,t\npower,Electricity,,service,MWh\n",
    "processes.csv": "process_id,name,main_product_id\nsmelting,Smelting,metal\n",
    "process_flows.csv": "process_id,product_id,role,quantity,unit\n"
    "smelting,alumina,feedstock,1.93,t\nsmelting,power,enabler,14,MWh\n",
    "production.csv": "enterprise_id,product_id,process_id,year,output,capacity,unit\n"
    "e1,alumina,,2023,1500,1500,kt\ne2,metal,smelting,2023,250000,,\n",
    "flows.csv": "from_id,to_id,product_id,year,quantity,unit,value\n"
    "e1,e2,alumina,2023,495000,t,\ne1,world,alumina,,1005,kt,300000000\n",
    "markets.csv": "market_id,name,kind\nworld,Abroad,abroad\n",
    "prices.csv": "product_id,market_id,year,price,currency,unit\nalumina,world,2023,300000,USD,kt\n",
    "initiatives.csv": "initiative_id,name,start,end\ni1,Rolling mill,2024-01-01,2026\n",
    "sources.csv": "source_id,title,year\ns1,Yearbook,2024\n",
}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write a dataset's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
    return folder
