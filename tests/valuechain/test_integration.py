"""Integration on datasets small enough to work out by hand, and on the paper's case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema import ParameterError
from loaders import load
from tests.cases import chain_of, flow, makes, plants, products, recipe, recipes
from tests.laws.strategies import worlds
from valuechain import questions

STEEL = recipes(recipe("smelt", "metal", ore=2.0), recipe("roll", "sheet", metal=1.25))
COMPLETE = [{"region_id": "R", "what": "flows", "complete": "yes"}]


def ask(chain, **parameters):
    return questions()["integration"](chain, **parameters)


def one(chain, **parameters):
    (row,) = ask(chain, **parameters)
    return row


def owns(owner, owned, share=None):
    return {"owner_id": owner, "owned_id": owned, "share": share}


def case(flows, ownership=(), **more):
    """Mine -> smelter -> mill in R: ore 100, metal 40, sheet 16; all else by the caller."""
    tables = {
        "products": products(ore=0, metal=1, sheet=2),
        "enterprises": plants(top="C", mine="R", smelter="R", mill="R"),
        **STEEL,
        "production": [makes("mine", "ore", 100), makes("smelter", "metal", 40), makes("mill", "sheet", 16)],
        "flows": flows,
        "ownership": list(ownership),
    }
    return chain_of(**{**tables, **more})


OWNED = [owns("top", "mine"), owns("top", "smelter"), owns("top", "mill")]
ALONG = [flow("mine", "smelter", "ore", 80), flow("smelter", "mill", "metal", 20)]


def test_a_chain_of_one_owner():
    # ledger: ore 100 of which 80 go on, metal 40 of which 20 go on, sheet 16 which no recipe takes
    row = one(case(ALONG, OWNED), owner="top")
    assert (row.subject, row.owner_id, row.cluster_id, row.region_id) == ("owner", "top", None, None)
    assert (row.enterprises, row.products) == (4, 3)
    assert row.stages_owned == ("raw", "primary", "semi-finished")
    assert (row.steps_owned, row.steps_possible, row.steps_with_flow) == (2, 0, 2)
    assert (row.captive_share, row.captive_links, row.local_links, row.links_unknown) == (1, 2, 2, 0)
    assert (row.steps_realised, row.steps_feasible, row.vlc_count) == (2, 2, 1)
    assert (row.realised_tonnes, row.potential_tonnes, row.left_out) == (100, 140, 0)
    assert row.vlc_tonnes == pytest.approx(100 / 140)
    assert (row.horizontal_links, row.vertical_links, row.horizontal_share) == (0, 2, 0)
    assert (row.arms_length_share, row.arms_length_tonnes, row.output_tonnes) == (0, 0, 156)
    assert (row.papers, row.textbook) == ("yes", "no")


def test_the_recipe_index_needs_no_flows():
    # ore is raw, all feedstock of metal is ore, all of sheet is metal: (0 + 1 + 1) / 3
    row = one(case([], OWNED), owner="top")
    assert row.vi_recipe == pytest.approx(2 / 3)
    assert (row.steps_owned, row.steps_with_flow) == (2, 0)


def test_the_recipe_index_takes_shares_by_weight_and_the_mean_of_routes():
    # metal: by one route 3 ore and 1 scrap, by the other scrap alone; ore is 3/4 and 0 of it, so 3/8; N = 2
    two = recipes(recipe("a", "metal", ore=3.0, scrap=1.0), recipe("b", "metal", scrap=2.0))
    chain = chain_of(
        products=products(ore=0, scrap=0, metal=1),
        enterprises=plants(works="R"),
        **two,
        production=[makes("works", "ore", 1), makes("works", "metal", 1, process_id="a")],
    )
    assert one(chain, owner="works").vi_recipe == pytest.approx(0.75 / 2)
    unstated = chain.with_rows("production", enterprise_id="works", product_id="scrap", output=1)
    # with scrap made too and route a stated, all of metal's feedstock is inside: 1 / 3
    assert one(unstated, owner="works").vi_recipe == pytest.approx(1 / 3)


def test_the_recipe_index_leaves_out_activities_of_unknown_recipe():
    more = [makes("smelter", "metal", 40), makes("smelter", "ingot", 5), makes("mine", "ore", 100)]
    chain = case(
        ALONG[:1],
        OWNED,
        products=products(ore=0, metal=1, sheet=2, ingot=1),
        production=more,
    )
    assert one(chain, owner="top").vi_recipe == pytest.approx(1 / 2), "ore and metal, not the ingot"


def test_the_flow_index_is_what_downstream_stages_get_inside():
    # the smelter needs 80 ore and gets 60 from the mine; the mill needs 20 metal and gets 30, 20 of it needed
    row = one(
        case([flow("mine", "smelter", "ore", 60), flow("smelter", "mill", "metal", 30)], OWNED), owner="top"
    )
    assert row.vi_flow == pytest.approx((60 + 20) / (80 + 20))
    open_one = one(case([flow("mine", "smelter", "ore"), ALONG[1]], OWNED), owner="top")
    assert open_one.vi_flow == 1, "ore of unknown size is left out"


def test_open_chain_of_many_owners_is_neither():
    # 80 of 100 ore and 20 of 40 metal go on, all between owners: CAP 0; VLC 100 / 140; HS 0
    row = one(case(ALONG), region="R")
    assert (row.captive_share, row.papers, row.textbook) == (0, "no", "no")
    assert row.arms_length_share == pytest.approx(100 / 156)
    assert "none of 2 local vertical links is within one owner (0 %, below 50 %)" in row.papers_reason
    assert "neither" in row.reason


def side_by_side(flows, **more):
    """Three mines of one owner, a smelter of another: H = 3 pairs."""
    return chain_of(
        products=products(ore=0, metal=1),
        enterprises=plants(top="C", m1="R", m2="R", m3="R", smelter="R"),
        **recipe("smelt", "metal", ore=2.0),
        ownership=[owns("top", m) for m in ("m1", "m2", "m3")],
        production=[*(makes(m, "ore", 100) for m in ("m1", "m2", "m3")), makes("smelter", "metal", 10)],
        flows=flows,
        **more,
    )


def test_textbook_yes_and_papers_no():
    # 20 of 300 ore go on (6.7 %), metal has no route; H = 3 pairs, V = 1, so HS = 75 %; CAP = 0 of 20
    chain = side_by_side([flow("m1", "smelter", "ore", 20), flow("m2", "abroad", "ore", 90)])
    row = one(chain, region="R")
    assert (row.textbook, row.papers) == ("yes", "no")
    assert (row.horizontal_links, row.vertical_links, row.horizontal_share) == (3, 1, 0.75)
    assert row.vlc_tonnes == pytest.approx(20 / 300)
    assert (
        "20 of 300 t that a recipe takes go one step further inside (6.67 %, below 20 %)"
        in row.textbook_reason
    )
    assert (
        "of the 4 pairs of plants linked at all, 3 are horizontal (same owner, same stage; 75 %, above 50 %)"
        in row.textbook_reason
    )
    assert "not horizontal in the paper's sense, horizontal in the textbook's" in row.reason


def test_both_yes():
    # as before, but the owner has the smelter too: CAP = 1 and nothing goes to others
    chain = side_by_side([flow("m1", "smelter", "ore", 20), flow("m2", "abroad", "ore", 90)])
    chain = chain.with_rows("ownership", owner_id="top", owned_id="smelter")
    row = one(chain, owner="top")
    assert (row.textbook, row.papers) == ("yes", "yes")
    assert "horizontal in both senses" in row.reason


def test_thresholds_are_settings():
    chain = case(ALONG, OWNED)
    assert one(chain, owner="top", min_captive=1).papers == "no", "1 is not above 1"
    assert one(chain, owner="top", min_vertical=0).papers == "no", "0 is not below 0"
    row = one(side_by_side([flow("m1", "smelter", "ore", 20)]), region="R", min_horizontal=0.75)
    assert row.textbook == "no"
    assert "75 %, at 75 %" in row.textbook_reason


@pytest.mark.parametrize("name", ["min_vertical", "min_horizontal", "min_captive"])
@pytest.mark.parametrize("value", [-0.1, 1.5])
def test_a_threshold_is_a_share(name, value):
    with pytest.raises(ParameterError, match="must lie between 0 and 1"):
        ask(case([]), **{name: value})


def test_an_owner_is_open_to_the_region_by_sales_and_purchases():
    # the owner has smelter and mill: 20 t inside; 30 t of ore come from the mine of another owner
    owned = [owns("top", "smelter"), owns("top", "mill")]
    row = one(case([flow("mine", "smelter", "ore", 30), ALONG[1]], owned), owner="top")
    assert row.captive_share == pytest.approx(20 / 50)
    assert (row.arms_length_tonnes, row.papers) == (0, "no")
    # without the mill 20 of its 40 t of metal go to another owner
    row = one(case([ALONG[1]], [owns("top", "smelter")]), owner="top")
    assert (row.captive_share, row.arms_length_tonnes, row.arms_length_share) == (0, 20, 0.5)
    # the mill in another region: the sale is no local one
    away = plants(top="C", mine="R", smelter="R", mill="S")
    row = one(case([ALONG[1]], [owns("top", "smelter")], enterprises=away), owner="top")
    assert (row.captive_share, row.local_links, row.arms_length_share) == (None, 0, 0)


def test_links_inside_an_owner_count_wherever_its_plants_stand():
    away = plants(top="C", mine="S", smelter="R", mill="R")
    row = one(case(ALONG, OWNED, enterprises=away), owner="top")
    assert (row.captive_links, row.vertical_links) == (2, 2)
    region = one(case(ALONG, OWNED, enterprises=away), region="R")
    assert (region.captive_links, region.vertical_links) == (1, 1)


def test_chains_of_shares_and_circles_of_owners():
    # top has 60 % of holding, holding 51 % of mine and 50 % of mill (no control); a and b own each other
    firms = plants(top="C", holding="C", mine="R", smelter="R", mill="R", a="R", b="R")
    shares = [
        owns("top", "holding", 0.6), owns("holding", "mine", 0.51), owns("holding", "smelter"),
        owns("holding", "mill", 0.5), owns("a", "b", 1.0), owns("b", "a", 1.0),
    ]  # fmt: skip
    rows = {r.owner_id: r for r in ask(case(ALONG, shares, enterprises=firms)) if r.subject == "owner"}
    assert set(rows) == {"top", "a"}
    assert rows["top"].enterprises == 4
    assert (rows["top"].captive_links, rows["top"].local_links) == (1, 2)
    assert rows["a"].enterprises == 2
    with pytest.raises(ParameterError, match="controlled by top"):
        ask(case(ALONG, shares, enterprises=firms), owner="mine")


def test_unknown_sizes_leave_a_verdict_open_only_where_they_matter():
    captive = one(
        case([flow("mine", "smelter", "ore"), flow("mine", "abroad", "ore", 1)], OWNED), owner="top"
    )
    assert (captive.captive_share, captive.links_unknown, captive.papers) == (1, 1, "yes")
    assert captive.realised_tonnes == 0
    assert captive.left_out == 1, "ore: how much goes on is unknown; metal: 0 of 40"
    mixed = [owns("top", "mine"), owns("top", "smelter")]
    both = one(case([flow("mine", "smelter", "ore"), flow("smelter", "mill", "metal")], mixed), region="R")
    assert (both.captive_share, both.papers) == (None, "unknown")
    assert "all of unknown size" in both.papers_reason
    # 80 captive against an unknown sale of metal to another owner
    some = one(
        case([flow("mine", "smelter", "ore", 80), flow("smelter", "mill", "metal")], mixed), region="R"
    )
    assert (some.captive_share, some.papers) == (1, "unknown")
    assert "1 of 2 links of unknown size aside" in some.papers_reason
    # 20 open against an unknown captive one; the open share is 20 of 156, below 20 %, CAP anything
    less = one(case([flow("mine", "smelter", "ore"), ALONG[1]], mixed), region="R")
    assert (less.captive_share, less.papers) == (0, "unknown")


def test_a_sale_of_unknown_share_leaves_the_open_share_open():
    # 80 t captive, 5 of 100 t of ore to another owner, and 20 t of metal of which the output is not known
    chain = case(
        [*ALONG, flow("mine", "other", "ore", 5), flow("mine", "abroad", "ore", 15)],
        [owns("top", "mine"), owns("top", "smelter")],
        enterprises=plants(top="C", mine="R", smelter="R", mill="R", other="R"),
        production=[
            makes("mine", "ore", 100), makes("smelter", "metal", None), makes("other", "metal", 10),
            makes("mill", "sheet", 16),
        ],
    )  # fmt: skip
    row = one(chain, owner="top")
    assert row.captive_share == pytest.approx(80 / 105)
    assert (row.arms_length_tonnes, row.arms_length_measured) == (25, 5)
    assert (row.output_tonnes, row.arms_length_share, row.output_left_out) == (100, 0.05, 1)
    assert (row.papers, row.left_out) == ("unknown", 1)
    assert "1 output of unknown size and 1 sale of unknown share (20 t) aside" in row.papers_reason


def test_a_stage_fed_from_inside_by_one_of_several_routes_is_not_downstream():
    # metal by ore and coal or by coal alone: the smelter needs coal for certain, ore only perhaps
    chain = chain_of(
        products=products(ore=0, coal=0, metal=1),
        enterprises=plants(top="C", mine="R", smelter="R"),
        **recipes(recipe("a", "metal", ore=2.0, coal=1.0), recipe("b", "metal", coal=1.0)),
        ownership=[owns("top", "mine"), owns("top", "smelter")],
        production=[makes("mine", "ore", 100), makes("smelter", "metal", 10)],
    )
    row = one(chain, owner="top")
    assert (row.steps_owned, row.steps_possible, row.vi_flow) == (0, 1, None)


def test_at_the_threshold_a_chain_is_open():
    # 60 of 300 is 20 %, not below 20 %
    row = one(side_by_side([flow("m1", "smelter", "ore", 60)]), region="R")
    assert row.textbook == "no"


def test_more_than_the_output_cannot_go_on():
    row = one(case([flow("mine", "smelter", "ore", 130)], OWNED), owner="top")
    assert (row.realised_tonnes, row.potential_tonnes) == (100, 140)


def test_without_tonnes_the_chain_is_counted_in_steps():
    blank = [makes("mine", "ore", None), makes("smelter", "metal", None), makes("mill", "sheet", None)]
    row = one(case([flow("mine", "smelter", "ore")], OWNED, production=blank), owner="top")
    assert (row.vlc_tonnes, row.potential_tonnes, row.vlc_count) == (None, None, 0.5)
    assert "counted in steps, for no tonnes are known, 1 of 2 feasible steps" in row.textbook_reason


def test_without_any_record_of_trade_the_papers_verdict_is_open():
    # one plant that feeds itself, by its figures alone
    chain = chain_of(
        products=products(ore=0, metal=1),
        enterprises=plants(works="R"),
        **recipe("smelt", "metal", ore=2.0),
        production=[makes("works", "ore", 100), makes("works", "metal", 10)],
    )
    row = one(chain, owner="works")
    assert (row.captive_share, row.flows_recorded, row.papers) == (1, 0, "unknown")
    assert "no sale or purchase is recorded" in row.papers_reason
    assert (row.arms_length_share, row.arms_length_tonnes) == (None, None), "unknown, not 0"
    declared = chain.with_rows("coverage", region_id="R", what="flows", complete="yes")
    row = one(declared, owner="works")
    assert (row.papers, row.recorded_only) == ("yes", False)
    assert "on record" not in row.reason


def test_the_sentence_says_on_record_unless_flows_are_declared_complete():
    row = one(case(ALONG, OWNED), region="R")
    assert row.recorded_only
    assert "on record" in row.reason
    whole = one(case(ALONG, OWNED, coverage=COMPLETE), region="R")
    assert not whole.recorded_only
    assert "on record" not in whole.reason


def clusters(*pairs):
    return {
        "clusters": [{"cluster_id": c, "name": c.upper()} for c in sorted({c for c, _ in pairs})],
        "cluster_members": [{"cluster_id": c, "member_id": m} for c, m in pairs],
    }


def test_a_cluster_counts_its_members_and_those_of_nested_clusters():
    # an owner that is a member does not bring in what it owns; products are no members here
    nested = clusters(("all", "part"), ("all", "mill"), ("part", "smelter"), ("part", "all"), ("owner", "top"),
                      ("idea", "metal"))  # fmt: skip
    rows = {r.cluster_id: r for r in ask(case(ALONG, OWNED, **nested)) if r.subject == "cluster"}
    assert set(rows) == {"all", "part", "owner"}
    assert rows["all"].enterprises == rows["part"].enterprises == 2, "they contain each other"
    assert rows["all"].vertical_links == 1
    assert (rows["owner"].enterprises, rows["owner"].products) == (1, 0)


def test_a_pair_with_two_common_stages_is_one_horizontal_link():
    # a and b both make ore and metal, c only metal: pairs ab, ac, bc
    chain = chain_of(
        products=products(ore=0, metal=1),
        enterprises=plants(top="C", a="R", b="R", c="R", d="R"),
        ownership=[owns("top", e) for e in "abc"],
        production=[makes(e, p, 1) for e in "ab" for p in ("ore", "metal")]
        + [makes(e, "metal", 1) for e in "cd"],
    )
    assert one(chain, owner="top").horizontal_links == 3
    assert one(chain, region="R").horizontal_links == 3, "d has another owner"


def test_concentration_by_owner_hides_plants():
    # ore 30, 30 of one owner, 20, 20 of two: by plant 0.26, by owner 0.36 + 0.04 + 0.04 = 0.44
    # scrap, the same stage, 100 by one maker: mean by output (0.44 x 100 + 1 x 100) / 200
    chain = chain_of(
        products=products(ore=0, scrap=0, metal=1),
        enterprises=plants(top="C", a="R", b="R", c="R", d="R"),
        ownership=[owns("top", "a"), owns("top", "b")],
        production=[makes("a", "ore", 30), makes("b", "ore", 30), makes("c", "ore", 20), makes("d", "ore", 20),
                    makes("d", "scrap", 100), makes("a", "metal", None), makes("b", "metal", None)],
    )  # fmt: skip
    row = one(chain, region="R")
    raw, primary = row.concentration
    assert (raw.stage, raw.products, raw.makers, raw.unknown) == ("raw", 2, 5, 0)
    assert raw.hhi_owners == pytest.approx((0.44 + 1) / 2)
    assert raw.hhi_plants == pytest.approx((0.26 + 1) / 2)
    assert raw.hidden == pytest.approx(0.09)
    assert (primary.hhi_owners, primary.hhi_plants) == (1, None), "one owner, whatever the outputs"
    assert row.hhi_owner_max == 1


def test_units_are_never_mixed():
    power = [{"product_id": "power", "name": "POWER", "stage": 1.0, "unit": "MWh"}]
    chain = chain_of(
        products=[*products(coal=0), *power, *products(metal=2)],
        enterprises=plants(top="C", pit="R", station="R", smelter="R"),
        **recipes(recipe("burn", "power", coal=0.5), recipe("smelt", "metal", power=14.0)),
        ownership=[owns("top", "pit"), owns("top", "station")],
        production=[
            makes("pit", "coal", 100),
            makes("station", "power", 100, unit="MWh"),
            makes("smelter", "metal", 1),
        ],
        flows=[flow("pit", "station", "coal", 50), flow("station", "smelter", "power", 14, unit="MWh")],
    )
    row = one(chain, region="R")
    assert (row.realised_tonnes, row.potential_tonnes, row.left_out) == (50, 100, 1)
    assert (row.captive_links, row.local_links, row.links_unknown) == (1, 2, 1)
    assert row.papers == "unknown", "14 MWh are no tonnes"


def test_without_subjects_named_holdings_come_first():
    rows = ask(case(ALONG, OWNED, **clusters(("all", "mill"))))
    assert [(r.subject, r.owner_id or r.cluster_id or r.region_id) for r in rows] == [
        ("owner", "top"), ("cluster", "all"), ("region", "R"),
    ]  # fmt: skip
    assert [r.subject for r in ask(case(ALONG, OWNED), level="region")] == ["region"]


def test_a_trader_between_does_not_hide_the_step():
    trader = plants(top="C", mine="R", smelter="R", mill="R", trader="R")
    chain = case(
        [flow("mine", "trader", "ore", 80), flow("trader", "smelter", "ore", 80)], enterprises=trader
    )
    assert one(chain, region="R").realised_tonnes == 80


def test_loops_are_steps_like_others():
    # scrap -> steel -> scrap inside one owner
    loop = recipes(recipe("melt", "steel", scrap=1.0), recipe("collect", "scrap", steel=1.0))
    chain = chain_of(
        products=products(scrap=0, steel=1),
        enterprises=plants(top="C", yard="R", works="R"),
        **loop,
        ownership=[owns("top", "yard"), owns("top", "works")],
        production=[makes("yard", "scrap", 10), makes("works", "steel", 10)],
        flows=[flow("yard", "works", "scrap", 10), flow("works", "yard", "steel", 5)],
    )
    row = one(chain, owner="top")
    assert (row.steps_owned, row.steps_with_flow, row.vlc_tonnes) == (2, 2, 0.75)


@pytest.mark.parametrize(
    ("asked", "links", "hs", "captive", "pairs"),
    [
        ({"owner": "erg"}, 3, 1 / 4, "all 3 vertical links are inside the group",
         "of the 4 pairs of plants linked at all, 1 of them a plant with itself, 1 is horizontal"),
        ({"cluster": "metallurgy"}, 5, 1 / 5, "all 5 vertical links inside it are within one owner",
         "of the 5 pairs of plants linked at all, 2 of them a plant with itself, 1 is horizontal"),
        ({"region": "pavlodar"}, 3, 0, "all 3 local vertical links are within one owner",
         "of the 2 pairs of plants linked at all, each a plant with itself, 0 are horizontal"),
    ],
)  # fmt: skip
def test_pavlodar_is_horizontal_as_the_paper_means_it_and_not_by_the_textbook(
    asked, links, hs, captive, pairs
):
    # alumina 482,500 of 1,500,000 t go on (1.93 x 250,000), aluminium 0 of 250,000: 27.57 %
    row = one(load("pavlodar"), **asked)
    assert (row.papers, row.textbook, row.recorded_only) == ("yes", "no", True)
    assert (row.captive_share, row.captive_links, row.arms_length_share) == (1, links, 0)
    assert row.vlc_tonnes == pytest.approx(482_500 / 1_750_000)
    assert row.horizontal_share == pytest.approx(hs)
    assert f"{captive} (100 %, above 50 %)" in row.reason
    assert "0 of 1,750,000 t of output (final and in-plant products aside) go to" in row.reason
    further = "482,500 of 1,750,000 t that a recipe takes go one step further inside (27.6 %, above 20 %)"
    assert further in row.reason
    assert pairs in row.reason
    verdict, paper, textbook = row.reason.split(". ")
    assert verdict.endswith(
        "not horizontal in the textbook's, which calls this vertical integration by ownership"
    )
    assert (paper[:7], textbook[:10]) == ("Paper: ", "Textbook: ")
    assert row.evidence


def test_public_data_gives_the_same_verdicts_with_the_smelter_on_its_own():
    row = one(load("pavlodar-public"), owner="erg")
    assert (row.papers, row.textbook) == ("yes", "no")
    assert row.realised_tonnes == 495_000


def test_known_makers_count_beside_one_of_unknown_output():
    # mine: 80 of 100 ore go on; pit makes ore too, how much is unknown, and sells 7 of it to the mill of others
    chain = case(
        [*ALONG, flow("pit", "smelter", "ore", 7)],
        [owns("top", "mine"), owns("top", "smelter")],
        enterprises=plants(top="C", mine="R", smelter="R", mill="R", pit="R"),
        production=[
            makes("mine", "ore", 100), makes("pit", "ore", None), makes("smelter", "metal", 40),
            makes("mill", "sheet", 16),
        ],
    )  # fmt: skip
    row = one(chain, region="R")
    # ore 80 of 100 and metal 20 of 40, without the pit on either side; open: metal 20 of 156, the pit's 7 aside
    assert (row.realised_tonnes, row.potential_tonnes, row.left_out) == (100, 140, 1)
    assert (row.arms_length_measured, row.output_tonnes, row.output_left_out) == (20, 156, 1)
    assert (row.arms_length_tonnes, row.captive_share) == (27, pytest.approx(80 / 107))
    assert "1 output of unknown size and 1 sale of unknown share (7 t) aside" in row.papers_reason
    assert "(71.4 %, above 20 %), 1 output of unknown size aside" in row.textbook_reason


def test_the_region_of_the_public_data_counts_what_is_known_of_steel():
    # KSR Steel: 264,220 t of liquid steel and 212,400 t of billets inside, beside 495,000 t of alumina
    row = one(load("pavlodar-public"), region="pavlodar")
    assert row.realised_tonnes == 495_000 + 476_620
    assert row.left_out == 21
    assert "21 outputs of unknown size aside" in row.textbook_reason


def test_what_rests_on_a_guessed_owner_is_told():
    # top has the mine and the smelter; nobody is named as owner of the mill, whom the smelter sells 20 t
    mixed = [owns("top", "mine"), owns("top", "smelter")]
    answer = ask(case(ALONG, mixed), region="R")
    (row,) = answer
    assert row.arms_length_guessed == 20
    assert (
        "the link between owners (20 t) rests on an enterprise that has no owner on record"
        in row.papers_reason
    )
    assert any(
        "1 of 4 enterprises has no owner on record and counts as an owner" in c for c in answer.caveats
    )
    # named as owned by another, or declared complete: no guess
    other = ask(case(ALONG, [*mixed, owns("rival", "mill")],
                     enterprises=plants(top="C", rival="C", mine="R", smelter="R", mill="R")), region="R")  # fmt: skip
    assert other.rows[0].arms_length_guessed == 0
    assert not any("no owner on record" in text for text in (*other.caveats, other.rows[0].reason))
    whole = ask(case(ALONG, mixed, coverage=[{"region_id": "C", "what": "ownership", "complete": "yes"}]))
    assert not any("no owner on record" in c for c in whole.caveats)


@pytest.mark.parametrize("chain", [case(ALONG), case([*ALONG, flow("mine", "abroad", "ore", 20)], OWNED[:2]),
                                   load("pavlodar-public"), load("pavlodar")])  # fmt: skip
def test_a_region_has_the_same_open_tonnes_and_output_as_in_linkage(chain):
    (row,) = ask(chain, region=chain.dataset.home_region)
    region = questions()["linkage"](chain).rows[0]
    assert region.unit == "t"
    assert (row.arms_length_tonnes, row.output_tonnes) == (region.open_sales, region.supply)


def test_open_tonnes_agree_by_hand_where_outputs_are_unknown():
    # 80 t of ore and 20 t of metal go to other owners; how much metal there is, is unknown
    blank = [makes("mine", "ore", 100), makes("smelter", "metal", None), makes("mill", "sheet", 16)]
    chain = case(ALONG, production=blank)
    region = questions()["linkage"](chain).rows[0]
    assert one(chain, region="R").arms_length_tonnes == region.open_sales == 100


@given(st.one_of(worlds(), worlds(unknown=True)))
def test_open_tonnes_agree_with_linkage(world):
    chain = world.chain()
    found = {r.region_id: r for r in ask(chain, level="region")}
    for region in questions()["linkage"](chain, level="region"):
        if region.subject == "region" and region.unit == "t" and region.open_sales is not None:
            row = found[region.region_id]
            assert (row.arms_length_tonnes or 0.0) == pytest.approx(region.open_sales)


@given(st.one_of(worlds(), worlds(unknown=True)))
def test_shares_lie_between_zero_and_one(world):
    for row in ask(world.chain()):
        for name in ("captive_share", "vlc_count", "vlc_tonnes", "vi_flow", "horizontal_share", "vi_recipe"):
            value = getattr(row, name)
            assert value is None or 0 <= value <= 1 + 1e-9, (name, value)
        assert row.steps_with_flow <= row.steps_owned
        assert row.captive_links <= row.local_links
        assert all(c.hidden is None or c.hidden >= -1e-9 for c in row.concentration)
        if row.subject == "owner" and row.enterprises and not row.local_links:
            assert row.papers == "unknown"
