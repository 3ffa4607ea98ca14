/* Writes MultilayerPerceptron's printouts, and what it makes of rows far and near.

       java -cp weka.jar Make.java VERSION        (Debian's weka 3.6.14; python-weka-wrapper3 has 3.9.7)
*/
import java.io.*;
import java.util.*;
import weka.classifiers.functions.MultilayerPerceptron;
import weka.core.*;

public class Make {
    static String version;

    static void done(String name, String table, String options) throws Exception {
        Instances data = new Instances(new FileReader(table + ".arff"));
        data.setClassIndex(data.numAttributes() - 1);
        MultilayerPerceptron net = new MultilayerPerceptron();
        net.setOptions(Utils.splitOptions(options));
        net.buildClassifier(data);
        PrintWriter text = new PrintWriter(name + "_" + version + ".net.txt");
        text.print("=== Run information ===\n\nScheme:       weka.classifiers.functions.MultilayerPerceptron " + options);
        text.print("\nRelation:     test\n\n=== Classifier model (full training set) ===\n\n" + net + "\n\nTime taken: 0 seconds\n");
        text.close();
        Instances rows = new Instances(data, 0, 20);
        double[] far = {1e3, -1e3, 1e5};
        for (int r = 0; r < far.length; r++) {
            rows.instance(r + 2).setValue(0, far[r]);
            rows.instance(r + 3).setValue(1, -far[r]);
        }
        rows.instance(8).setMissing(3);
        StringBuilder json = new StringBuilder("{\"made_by\": \"Weka " + version + "\", \"type\": \"double\", \"data\": \"" + table + ".arff\", \"labels\": [");
        boolean classes = data.classAttribute().isNominal();
        for (int k = 0; classes && k < data.numClasses(); k++)
            json.append(k > 0 ? ", " : "").append("\"" + data.classAttribute().value(k) + "\"");
        json.append("],\n\"table\": {");
        for (int a = 0; a < data.numAttributes() - 1; a++) {
            Attribute attribute = data.attribute(a);
            json.append(a > 0 ? ",\n" : "").append("\"" + attribute.name() + "\": [");
            for (int r = 0; r < rows.numInstances(); r++) {
                Instance row = (Instance) rows.instance(r);
                String cell = row.isMissing(a) ? "null" : attribute.isNominal() ? "\"" + row.stringValue(a) + "\"" : "" + row.value(a);
                json.append(r > 0 ? ", " : "").append(cell);
            }
            json.append("]");
        }
        json.append("},\n\"y\": [");
        for (int r = 0; r < rows.numInstances(); r++)
            json.append(r > 0 ? ",\n" : "").append(Arrays.toString(net.distributionForInstance((Instance) rows.instance(r))));
        PrintWriter file = new PrintWriter(name + "_" + version + ".json");
        file.println(json + "]}");
        file.close();
    }

    public static void main(String[] given) throws Exception {
        version = given[0];
        done("classes", "classes", "-L 0.3 -M 0.2 -N 40 -H 4");
        done("deep", "classes", "-L 0.2 -M 0.2 -N 40 -H 4,3");
        done("numbers", "numbers", "-L 0.3 -M 0.2 -N 40 -H 3");
        done("two", "two", "-L 0.3 -M 0.2 -N 40 -H a");
        done("indices", "classes", "-L 0.3 -M 0.2 -N 40 -H 3 -B -I");
        done("plain_class", "numbers", "-L 0.0001 -M 0.2 -N 5 -H 3 -C");
    }
}
