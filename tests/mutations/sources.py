"""The three sound datasets that are mutated: the two bundled ones, and one with Kazakh and Russian names.

The third fills every table and does without the reference catalogue.
"""

import csv
import io
import random
import tomllib
from functools import lru_cache

from loaders import bundled
from tests.mutations.draft import Draft, Grid

ALATAU = {
    "regions": """region_id,name,parent_id,level,latitude,longitude,name_kk,name_ru,source_id
kz,Kazakhstan,,country,48.0,66.9,Қазақстан,Казахстан,stat
abai,Abai region,kz,region,49.5,79.5,Абай облысы,Абайская область,stat
semei,Semei,abai,city,50.41,80.25,Семей қаласы,город Семей,stat
район-байқоңыр,Байқоңыр ауданы,kz,district,47.5,66.1,Байқоңыр ауданы,Район Байконыр,stat
""",
    "coverage": """region_id,what,product_id,complete,source_id,note
abai,production,cement,yes,stat,барлық зауыттар
kz,flows,,no,stat,
""",
    "indicators": """subject_id,metric,year,value,unit,source_id,note
abai,share of industrial output,2022,27.6,%,stat,
beton-zavod,wear of equipment,2022,54.2,%,stat,
clinker,tariff,,,,stat,только словами: растёт
""",
    "enterprises": '''enterprise_id,name,kind,region_id,employees,latitude,longitude,name_ru,aliases,source_id,note
kz-holding,«Шығыс құрылыс» холдингі,holding,kz,12,,,Холдинг «Восток»,KZ Holding;Shyghys,stat,
sement-1,«Семей цемент зауыты» ЖШС,plant,semei,650,50.39,80.21,ТОО «Семейский цементный завод»,,stat,"Екі жолды
ескерту"
beton-zavod,"ТОО ""Бетон и ""Ко""",plant,semei,120,50.42,80.3,,,stat,
карьер-майлин,Майлин карьері,plant,район-байқоңыр,85,47.6,66.2,Майлинский карьер,,stat,
a-1,Elektr Energo AO,service,abai,40,,,АО «Электр Энерго»,,stat,
''',
    "ownership": """owner_id,owned_id,share,source_id
kz-holding,sement-1,0.75,stat
kz-holding,beton-zavod,,stat
a-1,sement-1,0.2,stat
sement-1,карьер-майлин,0.51,report
""",
    "products": """product_id,name,stage,kind,unit,hs_code,name_kk,name_ru,source_id
limestone,Limestone,0,good,t,2521,Әктас,Известняк,stat
clinker,Clinker,1,good,t,252310,Клинкер,Клинкер,stat
cement,Cement,2,good,t,252329,Цемент,Цемент,stat
бетон-тауарлы,Тауарлы бетон,4,good,t,382450,Тауарлы бетон,Товарный бетон,stat
power,Electricity,,service,MWh,271600,Электр қуаты,Электроэнергия,stat
dust,Kiln dust,0,by-product,t,,Пеш шаңы,Печная пыль,stat
""",
    "processes": """process_id,name,sector,main_product_id,name_ru,source_id
P1,Burning,construction materials,clinker,Обжиг,stat
P2,Grinding,construction materials,cement,Помол,stat
P3,Mixing,construction materials,бетон-тауарлы,Замес,stat
""",
    "process_flows": """process_id,product_id,role,quantity,unit,source_id,grade
P1,limestone,feedstock,1.55,t,stat,reported
P1,power,enabler,0.11,MWh,stat,expert
P1,dust,by_product,0.05,t,stat,expert
P2,clinker,feedstock,0.92,t,stat,reported
P3,cement,feedstock,0.3,t,stat,reported
""",
    "production": """enterprise_id,product_id,process_id,year,output,capacity,unit,source_id,grade,note
карьер-майлин,limestone,,2022,910.5,1200,kt,stat,observed,
sement-1,clinker,P1,2022,420000,500000,t,stat,observed,пеш № 1
sement-1,cement,P2,2022,450.25,600,kt,stat,reported,
beton-zavod,бетон-тауарлы,P3,,96000,150000,,stat,reported,
sement-1,cement,P2,2021,431.125,600,kt,report,reported,
a-1,power,,2022,150,200,GWh,stat,,
""",
    "flows": """from_id,to_id,product_id,process_id,year,flow_id,quantity,share,unit,value,currency,source_id,note
карьер-майлин,sement-1,limestone,P1,2022,,651,,kt,,,stat,
sement-1,beton-zavod,cement,P3,2022,,28.8,,kt,720000000,KZT,stat,
sement-1,china,cement,,2022,,,0.4,,5400000,USD,stat,экспорт
sement-1,rest-kz,cement,,,d-1,120500,,t,,,stat,
rest-kz,sement-1,clinker,P2,2022,,25.5,,kt,918000,USD,report,қосымша
beton-zavod,local,бетон-тауарлы,,2022,,96000,,t,,,stat,
""",
    "markets": """market_id,name,kind,country_code,name_kk,source_id
china,China,abroad,CN,Қытай,stat
rest-kz,Rest of Kazakhstan,rest_of_country,KZ,Қазақстанның басқа өңірлері,stat
local,Households of the region,local_final,KZ,Тұрғындар,stat
""",
    "prices": """product_id,market_id,year,price,currency,unit,basis_of_price,source_id
cement,china,2022,47.5,USD,t,FOB,stat
cement,local,2022,25000,KZT,t,завод,stat
clinker,rest-kz,,36,USD,t,,report
""",
    "exchange_rates": """currency,to_currency,year,rate,source_id
USD,KZT,2022,460.48,stat
CNY,KZT,2022,68.51,stat
""",
    "clusters": """cluster_id,name,tier,horizon,name_kk,name_ru,source_id
stroi,Building materials,priority,2030,Құрылыс материалдары,Строительные материалы,stat
energo,Energy,potential,2035,Энергетика,Энергетика,stat
""",
    "cluster_members": """cluster_id,member_id,source_id,note
stroi,sement-1,stat,
stroi,бетон-тауарлы,stat,
energo,a-1,stat,қызмет
""",
    "assessments": """assessment_id,subject_id,quadrant,statement,metric,scope,date,source_id
s1,stroi,strength,Өз шикізаты бар,own raw material,limestone,2022-05-14,stat
t1,beton-zavod,threat,Рост тарифов,tariff,,2022-06,report
""",
    "initiatives": """initiative_id,cluster_id,direction,name,status,start,end,target_links,source_id
i1,stroi,new products,Газобетон зауыты,planned,2023-01-01,2025-12-31,cement>бетон-тауарлы,stat
i2,energo,energy,Ветропарк,idea,2024,2026-06,,report
""",
    "sources": '''source_id,title,publisher,year,licence,grade,note
stat,"Statistics of the region, table ""Industry""",Бюро национальной статистики,2023,open,observed,
report,Жылдық есеп,«Семей цемент зауыты» ЖШС,2022,,reported,27-бет
''',
}
ALATAU_SETTINGS = {
    "title": "Шығыс құрылыс кластері",
    "base_year": 2022,
    "currency": "USD",
    "home_region": "abai",
    "catalogue": False,
}


def _grid(text: str) -> Grid:
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    return Grid(header, rows)


@lru_cache(maxsize=1)
def _sound() -> dict[str, Draft]:
    drafts = {
        "alatau": Draft("alatau", ALATAU_SETTINGS, {name: _grid(text) for name, text in ALATAU.items()}),
    }
    for name in ("pavlodar", "pavlodar-public"):
        folder = bundled()[name]
        settings = tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))
        tables = {
            path.stem: _grid(path.read_text(encoding="utf-8-sig")) for path in sorted(folder.glob("*.csv"))
        }
        drafts[name] = Draft(name, settings, tables)
    return drafts


SOUND = ("alatau", "pavlodar", "pavlodar-public")


def sound(name: str, rng: random.Random | None = None) -> Draft:
    """A fresh copy of a sound dataset, with dice of its own."""
    draft = _sound()[name].copy()
    draft.rng = rng or random.Random(0)
    return draft
