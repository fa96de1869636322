use super::{changes, rename};

#[test]
fn a_handle_changes_wherever_it_is_written_and_nothing_else() {
    changes(&[
        (
            "headers",
            "# x\n[ webhooks . x ] # x\nname = \"x\"\n[webhooks.x.header]\nx = \"1\"\n[webhooks.xx]\n[x.webhooks.x]\n",
            rename("x", "y-1"),
            "# x\n[ webhooks . y-1 ] # x\nname = \"x\"\n[webhooks.y-1.header]\nx = \"1\"\n[webhooks.xx]\n[x.webhooks.x]\n",
        ),
        (
            "quotes only when needed",
            "[webhooks.'x']\n[webhooks.\"x\".body]\n",
            rename("x", "y"),
            "[webhooks.y]\n[webhooks.y.body]\n",
        ),
        ("quotes when needed", "[webhooks.x]\n", rename("x", "a \"b\""), "[webhooks.\"a \\\"b\\\"\"]\n"),
        (
            "dotted, inline, mixed",
            "[webhooks]\nx.name = \"n\"\nx.header = { x = \"1\" }\n[webhooks.x.body]\nx = \"1\"\n",
            rename("x", "y"),
            "[webhooks]\ny.name = \"n\"\ny.header = { x = \"1\" }\n[webhooks.y.body]\nx = \"1\"\n",
        ),
        (
            "in one inline table",
            "webhooks = { x = { x = {} }, z.x = 1 }\n",
            rename("x", "y"),
            "webhooks = { y = { x = {} }, z.x = 1 }\n",
        ),
        (
            "dotted at the top",
            "webhooks.x.name = \"n\"\nwebhooks.z.name = \"n\"\n",
            rename("x", "y"),
            "webhooks.y.name = \"n\"\nwebhooks.z.name = \"n\"\n",
        ),
    ]);
}
