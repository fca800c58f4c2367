using System.Globalization;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Tests.Maintenance;

/// <summary>All rows of an index as text, to compare two of them.</summary>
internal static class IndexDump
{
    private static readonly string[] Queries =
    [
        "SELECT * FROM packs ORDER BY digest",
        "SELECT * FROM chunks ORDER BY digest",
        "SELECT * FROM manifests ORDER BY digest",
        "SELECT * FROM names ORDER BY name, tag",
        "SELECT * FROM tensors ORDER BY manifest, rowid",
    ];

    public static string[] Read(string path)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return [.. Queries.SelectMany(query => Read(connection, query))];
    }

    private static List<string> Read(SqliteConnection connection, string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(query[14..22] + string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(column => reader.GetValue(column) is byte[] bytes
                ? Convert.ToHexStringLower(bytes)
                : Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture))));
        }

        return rows;
    }
}
